/** PyTorch on one thread, or on the CUDA GPU, with the same network, size and batch, as a process that measures when it is asked to. */
import { fileURLToPath } from 'node:url'
import { parameterSpecs } from '@worldflora/model/parameters'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { AnsweringProcess } from '../peers/answering-process.ts'
import { ensureTorch } from '../peers/torch.ts'
import type { StandOrder } from './network-stand.ts'

const script = fileURLToPath(new URL('torch_peer.py', import.meta.url))
/** Those that it knows. */
const NETWORKS: readonly Architecture['name'][] = ['mobilenet-v1', 'mobilenet-v2', 'resnet-50']

/** Images a second, forward and backward, by memory layout. */
export type TorchRates = { nchw: number; nhwc: number }
/** `blas`: what its process multiplies matrices with; `device`: what computes. */
export type TorchPeer = {
  blas: string
  device: string
  training(seconds: number): Promise<TorchRates>
  close(): void
}

type Greeting = { parameters: number; blas: string; device: string }

/** null where torch cannot be had. Resolves when it has done each layout once. */
export async function openTorch(
  {
    architecture,
    batch,
    classes,
    backend,
  }: Pick<StandOrder, 'architecture' | 'batch' | 'classes' | 'backend'>,
  say: (line: string) => void,
): Promise<TorchPeer | null> {
  if (!NETWORKS.includes(architecture.name)) {
    say(`PyTorch has no ${architecture.name} here: ratioToTorch is null.`)
    return null
  }
  const torch = ensureTorch(say)
  if (torch === null) {
    say('There is no python3 with torch: ratioToTorch is null.')
    return null
  }
  const numbers = [architecture.width, architecture.imageSize, batch, classes].map(String)
  const peer = new AnsweringProcess(
    'PyTorch',
    torch.python,
    [script, architecture.name, ...numbers, backend === 'webgpu' ? 'gpu' : 'cpu'],
    torch.env,
  )
  const { parameters, ...itself } = JSON.parse(await peer.hear()) as Greeting
  const own = trainableOf(architecture, classes)
  if (parameters !== own) throw new Error(`PyTorch's network has ${parameters} parameters, ours ${own}`)
  return {
    ...itself,
    training: async (seconds) => JSON.parse(await peer.ask(String(seconds))) as TorchRates,
    close: () => peer.close(),
  }
}

function trainableOf(architecture: Architecture, classes: number): number {
  const { quantised, exact } = layoutOf(parameterSpecs(architecture, classes))
  return quantised + exact
}
