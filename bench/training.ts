/**
 * How fast the zoo's networks go forward, and forward and backward, beside PyTorch on one thread with the same network, size and
 * batch; in Node and in Chromium; and in two workers at once. What is compared is measured in turns, round by round; a row has
 * the medians. Forward is a network as it names plants (norms folded); training ends with the gradients.
 */
import { parseArgs } from 'node:util'
import type { BackendName } from '@worldflora/protocol/messages'
import { Architecture } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import type { Bench } from './runner/bench.ts'
import type { Host, OpenHost } from './training/hosts.ts'
import type { StandOrder } from './training/network-stand.ts'
import { openInNode } from './training/node-host.ts'
import { openInTab } from './training/tab-host.ts'
import { openTorch } from './training/torch-peer.ts'

const HOSTS: Record<string, OpenHost> = { node: openInNode, chromium: openInTab }

export const bench: Bench = {
  about: 'images a second forward and training, by network and backend, beside PyTorch',
  async run(flags, say) {
    const { values } = parseArgs({
      args: flags,
      options: {
        /** NAME:WIDTH:IMAGE_SIZE:BATCH, separated by commas. */
        networks: {
          type: 'string',
          default: 'mobilenet-v1:0.25:96:16,mobilenet-v2:0.35:96:16,resnet-50:1:224:4',
        },
        backends: { type: 'string', default: 'wasm' },
        hosts: { type: 'string', default: 'node,chromium' },
        workers: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '3' },
        classes: { type: 'string', default: '100' },
      },
    })
    const rows = []
    for (const network of values.networks.split(',')) {
      for (const backend of values.backends.split(',') as BackendName[]) {
        const order = orderOf(network, backend, Number(values.classes))
        const plan = {
          hosts: values.hosts.split(','),
          workers: backend === 'wasm' ? Number(values.workers) : 1,
          rounds: Number(values.rounds),
          seconds: Number(values.seconds),
        }
        for (const row of await rowsOf(order, plan, say)) {
          say(JSON.stringify(row))
          rows.push(row)
        }
      }
    }
    return { bench: 'training', rows }
  },
}

function orderOf(network: string, backend: BackendName, classes: number): StandOrder {
  const [name, width, imageSize, batch] = network.split(':')
  const numbers = { width: Number(width), imageSize: Number(imageSize) }
  return { architecture: v.parse(Architecture, { name, ...numbers }), batch: Number(batch), classes, backend }
}

type Plan = { hosts: string[]; workers: number; rounds: number; seconds: number }
type Round = {
  /** By host. */
  forward: Map<string, number>
  training: Map<string, number>
  torch: { nchw: number; nhwc: number } | null
  /** Of all workers at once, all of them in Node. */
  together: number | null
}

async function rowsOf(order: StandOrder, plan: Plan, say: (line: string) => void) {
  const stands = new Map<string, Host>()
  const others: Host[] = []
  const torch = await openTorch(order, say)
  const rounds: Round[] = []
  try {
    for (const host of plan.hosts) stands.set(host, await HOSTS[host]!(order))
    const hasPlaceForMore = stands.has('node')
    for (let i = 1; hasPlaceForMore && i < plan.workers; i++) others.push(await openInNode(order))
    for (let round = 0; round < plan.rounds; round++) {
      const forward = new Map<string, number>()
      const training = new Map<string, number>()
      for (const [host, stand] of stands) {
        training.set(host, await stand.measure('training', plan.seconds))
        forward.set(host, await stand.measure('forward', plan.seconds / 2))
      }
      const rates = (await torch?.training(plan.seconds)) ?? null
      const together =
        others.length === 0 ? null : await sumOf([stands.get('node')!, ...others], plan.seconds)
      rounds.push({ forward, training, torch: rates, together })
    }
  } finally {
    torch?.close()
    for (const stand of [...stands.values(), ...others]) await stand.close()
  }
  return plan.hosts.map((host) => rowOf(order, plan, host, rounds))
}

async function sumOf(stands: readonly Host[], seconds: number): Promise<number> {
  const rates = await Promise.all(stands.map((stand) => stand.measure('training', seconds)))
  return rates.reduce((sum, rate) => sum + rate, 0)
}

/** `ratioToTorch`: to the faster of PyTorch's two memory layouts. Ratios are of the same rounds. */
function rowOf({ architecture, batch, backend }: StandOrder, plan: Plan, host: string, rounds: Round[]) {
  const ofRounds = (of: (round: Round) => number | null | undefined): number | null => {
    const values = rounds.map(of).filter((value) => value !== null && value !== undefined)
    return values.length === 0 ? null : rounded(median(values))
  }
  const torch = (['nchw', 'nhwc'] as const).reduce((best: number | null, layout) => {
    const rate = ofRounds((round) => round.torch?.[layout])
    return rate === null ? best : Math.max(best ?? 0, rate)
  }, null)
  const training = ofRounds((round) => round.training.get(host))!
  return {
    architecture: architecture.name,
    width: architecture.width,
    imageSize: architecture.imageSize,
    batch,
    backend,
    host,
    forwardPerSecond: ofRounds((round) => round.forward.get(host)),
    trainingPerSecond: training,
    trainingToForward: ofRounds((round) => round.training.get(host)! / round.forward.get(host)!),
    ratioToTorch: torch === null ? null : rounded(training / torch),
    torchTrainingPerSecond: torch,
    ratioToNode:
      host === 'node'
        ? null
        : ofRounds((round) => round.training.get(host)! / (round.training.get('node') ?? Number.NaN)),
    workers: host === 'node' && plan.workers > 1 ? plan.workers : 1,
    workersToOne:
      host === 'node'
        ? ofRounds((round) => (round.together === null ? null : round.together / round.training.get(host)!))
        : null,
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
