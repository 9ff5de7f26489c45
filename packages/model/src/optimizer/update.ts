/**
 * An optimizer's update in two parts: `prepareUpdate` looks at the step as a whole (rate, norms, clipping, trust) and gives plain
 * numbers; `updateRange` then computes any slice of the vector from them, so that threads may share it. Every value is
 * computed in double precision from the same single-precision values, and rounded once: slices cannot change a bit (SD2).
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import { type AdamwTerms, adamwRange, adamwTerms } from './adamw.ts'
import { clipScale } from './clipping.ts'
import { type LarsTerms, larsRange, trustRatio } from './lars.ts'
import { adamMomentsOf, type Moments } from './moments.ts'
import { type SgdTerms, sgdRange } from './sgd.ts'
import { globalNorm } from './squares.ts'

/** Plain data, fit to be sent to a thread. */
export type UpdateTerms = {
  rule: SgdTerms | LarsTerms | AdamwTerms
  gradientScale: number
  /** Trainable ones, in the layout's order. */
  tensors: readonly { start: number; end: number; decay: number }[]
}

export type UpdateRequest = {
  config: OptimizerConfig
  layout: ParameterLayout
  learningRate: number
  moments: Moments
  /** Sums of squares by tensor, as `squaresOfTensors` gives them. */
  gradientSquares: readonly number[]
  /** Only LARS asks for them: see `needsWeightSquares`. */
  weightSquares: readonly number[] | null
}

export function needsWeightSquares({ name }: OptimizerConfig): boolean {
  return name === 'lars'
}

export function prepareUpdate(request: UpdateRequest): UpdateTerms {
  const { config, layout, gradientSquares } = request
  const gradientScale = clipScale(config, globalNorm(gradientSquares))
  const trainable = layout.entries.filter(({ spec }) => spec.role === 'trainable')
  const tensors = trainable.map(({ spec, offset, length }) => ({
    start: offset,
    end: offset + length,
    decay: spec.decay ? config.weightDecay : 0,
  }))
  return { rule: ruleOf(request, gradientScale), gradientScale, tensors }
}

function ruleOf(request: UpdateRequest, gradientScale: number): UpdateTerms['rule'] {
  const { config, layout, learningRate, moments, gradientSquares, weightSquares } = request
  if (config.name !== moments.kind) throw new Error(`${config.name} cannot go on from ${moments.kind}`)
  if (config.name === 'sgd') {
    const { momentum, nesterov } = config
    return { kind: 'sgd', learningRate, momentum, nesterov }
  }
  if (config.name === 'adamw') {
    return adamwTerms(config, learningRate, adamMomentsOf(moments).updates)
  }
  const trainable = layout.entries.filter(({ spec }) => spec.role === 'trainable')
  const localRates = trainable.map(({ spec }, tensor) => {
    if (!spec.decay) return learningRate
    const weightNorm = Math.sqrt(weightSquares![tensor]!)
    const gradientNorm = gradientScale * Math.sqrt(gradientSquares[tensor]!)
    return learningRate * trustRatio({ ...config, weightNorm, gradientNorm })
  })
  return { kind: 'lars', momentum: config.momentum, localRates }
}

export type UpdateBuffers = {
  weights: Float32Array
  gradient: Float32Array
  before: Moments
  /** Written, as far as the range goes. */
  update: Float32Array
  after: Moments
}

/** Of positions `start` to `end` of the flat vector; what is not trainable in it is left alone. */
export function updateRange(terms: UpdateTerms, buffers: UpdateBuffers, start: number, end: number): void {
  const { rule, gradientScale, tensors } = terms
  for (const [tensor, place] of tensors.entries()) {
    const from = Math.max(start, place.start)
    const to = Math.min(end, place.end)
    if (from >= to) continue
    const work = { ...buffers, start: from, end: to, tensor, gradientScale, decay: place.decay }
    if (rule.kind === 'sgd') sgdRange(rule, work)
    else if (rule.kind === 'lars') larsRange(rule, work)
    else adamwRange(rule, work)
  }
}
