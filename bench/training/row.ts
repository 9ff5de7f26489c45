/** What the rounds of one network on one backend come to, a row a host. Pure. */
import type { BenchRow } from '../runner/bench.ts'
import type { StandOrder } from './network-stand.ts'
import type { TorchRates } from './torch-peer.ts'

/** Images a second. */
export type Round = {
  /** By host. */
  forward: Map<string, number>
  training: Map<string, number>
  torch: TorchRates | null
  /** Of all workers at once, all of them in Node. */
  together: number | null
}

export type Measured = {
  order: Pick<StandOrder, 'architecture' | 'batch' | 'backend'>
  rounds: readonly Round[]
  /** Of each host that was measured; null where it is no GPU. */
  adapters: ReadonlyMap<string, string | null>
  /** PyTorch's: what its process multiplies matrices with, and what it computes on. */
  torch: { blas: string; device: string } | null
  /** How many `together` were. */
  workersTogether: number
}

/**
 * Rates are those of one worker, but for the fields that are named `together`. `ratioToTorch`: to the faster of PyTorch's two memory
 * layouts, on `torchDevice`. Ratios are of the same rounds.
 */
export function trainingRow(host: string, measured: Measured): BenchRow {
  const { order, rounds, adapters, workersTogether } = measured
  const { architecture, batch, backend } = order
  const ofRounds = (of: (round: Round) => number | null | undefined): number | null => {
    const values = rounds.map(of).filter((value) => value !== null && value !== undefined)
    return values.length === 0 ? null : rounded(median(values))
  }
  const [nchw, nhwc] = [ofRounds(({ torch }) => torch?.nchw), ofRounds(({ torch }) => torch?.nhwc)]
  const torch = nchw === null || nhwc === null ? null : Math.max(nchw, nhwc)
  const training = ofRounds((round) => round.training.get(host))!
  const ofNode = (of: (round: Round) => number | null) => (host === 'node' ? ofRounds(of) : null)
  return {
    architecture: architecture.name,
    width: architecture.width,
    imageSize: architecture.imageSize,
    batch,
    backend,
    adapter: adapters.get(host) ?? null,
    host,
    forwardPerSecond: ofRounds((round) => round.forward.get(host)),
    trainingPerSecond: training,
    trainingToForward: ofRounds((round) => round.training.get(host)! / round.forward.get(host)!),
    ratioToTorch: torch === null ? null : rounded(training / torch),
    torchTrainingPerSecond: torch,
    torchNchwPerSecond: nchw,
    torchNhwcPerSecond: nhwc,
    torchBlas: measured.torch?.blas ?? null,
    torchDevice: measured.torch?.device ?? null,
    ratioToNode:
      host === 'node' || !rounds[0]!.training.has('node')
        ? null
        : ofRounds((round) => round.training.get(host)! / round.training.get('node')!),
    workersTogether: ofNode(({ together }) => together) === null ? null : workersTogether,
    togetherPerSecond: ofNode(({ together }) => together),
    togetherToOne: ofNode((round) =>
      round.together === null ? null : round.together / round.training.get(host)!,
    ),
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
