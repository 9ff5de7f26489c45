/**
 * What a step's update costs beside a plain copy of as many values: this process's CPU time, the least of some repetitions, with
 * buffers that are there already. Quantising the update, and writing it, are not in it.
 */
import {
  averageRange,
  initOptimizer,
  needsWeightSquares,
  nextMoments,
  prepareUpdate,
  squaresOfTensors,
  updateRange,
} from '@worldflora/model/optimizer'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import { OptimizerConfig } from '@worldflora/protocol/run-config'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

const REPETITIONS = 7
const OPTIMIZERS = [
  { name: 'sgd', learningRate: 0.1, weightDecay: 5e-4 },
  { name: 'sgd', learningRate: 0.1, weightDecay: 5e-4, clipNorm: 1, ema: 0.999 },
  { name: 'lars', learningRate: 1, weightDecay: 5e-4 },
  { name: 'adamw', learningRate: 1e-3, weightDecay: 0.05 },
]

export const bench = defineBench({
  about: 'CPU time of an update by SGD, LARS and AdamW beside a copy',
  flags: { parameters: flag.count(4_000_000, 'of the network') },
  async run({ parameters }, say) {
    const rows = OPTIMIZERS.map((fields) => {
      const row = measure(fields, parameters)
      say(`${row.optimizer}: ${row.cpuMsPerMillion} ms a million parameters`)
      return row
    })
    return { bench: 'optimizers', rows }
  },
})

function measure(fields: { name: string; ema?: number }, parameters: number) {
  const config = parseOrReject(OptimizerConfig, fields, 'the optimizer')
  if (isRejection(config)) throw new Error(config.message)
  // Tensors as a network of that size has them: most of it in some tens of kernels, and a bias each.
  const rows = Math.ceil(parameters / 40 / 128)
  const layout = layoutOf(
    Array.from({ length: 40 }, (_, i) => [
      { name: `kernel-${i}`, shape: [rows, 128], role: 'trainable' as const, decay: true },
      { name: `bias-${i}`, shape: [128], role: 'trainable' as const, decay: false },
    ]).flat(),
  )
  const random = new RandomStream(1, 'initialWeights')
  const values = () => Float32Array.from({ length: layout.total }, () => random.uniform() - 0.5)
  const [weights, gradient, copy] = [values(), values(), values()]
  const { moments: before, average } = initOptimizer(config, layout, weights)
  const [update, after, averaged] = [values(), nextMoments(before), values()]
  const cpuMs = leastCpuMs(() => {
    const terms = prepareUpdate({
      config,
      layout,
      learningRate: config.learningRate,
      moments: before,
      gradientSquares: squaresOfTensors(layout, gradient),
      weightSquares: needsWeightSquares(config) ? squaresOfTensors(layout, weights) : null,
    })
    updateRange(terms, { weights, gradient, before, update, after }, 0, layout.total)
    if (average === null) return
    const work = { decay: 0.999, weights, before: average.values, after: averaged }
    averageRange({ ...work, start: 0, end: layout.total })
  })
  const copyMs = leastCpuMs(() => copy.set(weights))
  return {
    optimizer: config.ema === undefined ? config.name : `${config.name}, clipped and averaged`,
    parameters: layout.total,
    cpuMsPerMillion: Number((cpuMs / (layout.total / 1e6)).toFixed(2)),
    ratioToCopy: Number((cpuMs / copyMs).toFixed(1)),
  }
}

function leastCpuMs(work: () => void): number {
  const times = Array.from({ length: REPETITIONS }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}
