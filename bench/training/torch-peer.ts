/** PyTorch on one thread with the same network, size and batch, as a process that measures when it is asked to. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parameterSpecs } from '@worldflora/model/parameters'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { ensureTorch } from '../peers/torch.ts'
import type { StandOrder } from './network-stand.ts'

const script = fileURLToPath(new URL('torch_peer.py', import.meta.url))

/** Images a second, forward and backward, by memory layout. */
export type TorchRates = { nchw: number; nhwc: number }
export type TorchPeer = { training(seconds: number): Promise<TorchRates>; close(): void }

/** null where torch cannot be had. Resolves when it has done each layout once. */
export async function openTorch(
  order: Pick<StandOrder, 'architecture' | 'batch' | 'classes'>,
  say: (line: string) => void,
): Promise<TorchPeer | null> {
  const python = ensureTorch(say)
  if (python === null) {
    say('There is no python3 with torch: ratioToTorch is null.')
    return null
  }
  const { architecture, batch, classes } = order
  const numbers = [architecture.width, architecture.imageSize, batch, classes].map(String)
  const child = spawn(python, [script, architecture.name, ...numbers], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  const [parameters] = (await once(lines, 'line')) as [string]
  const own = trainableOf(architecture, classes)
  if (Number(parameters) !== own)
    throw new Error(`PyTorch's network has ${parameters} parameters, ours ${own}`)
  return {
    async training(seconds) {
      child.stdin.write(`${seconds}\n`)
      const [line] = (await once(lines, 'line')) as [string]
      return JSON.parse(line) as TorchRates
    },
    close: () => child.stdin.end(),
  }
}

function trainableOf(architecture: Architecture, classes: number): number {
  const { quantised, exact } = layoutOf(parameterSpecs(architecture, classes))
  return quantised + exact
}
