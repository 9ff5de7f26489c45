/** Some steps of an optimizer on a network of three tensors, as the coordinator makes them. */
import { layoutOf, type ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { OptimizerConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import {
  initOptimizer,
  type Moments,
  needsWeightSquares,
  nextMoments,
  prepareUpdate,
  squaresOfTensors,
  updateRange,
} from '../../src/optimizer/index.ts'

/** [kernel, kernel | bias | mean]. */
export const smallLayout = layoutOf([
  { name: 'kernel', shape: [1, 2], role: 'trainable', decay: true },
  { name: 'bias', shape: [1], role: 'trainable', decay: false },
  { name: 'mean', shape: [1], role: 'statistic', decay: false },
])

export const optimizerConfig = (fields: Record<string, unknown>): OptimizerConfig =>
  v.parse(OptimizerConfig, { learningRate: 0.25, ...fields })

export type Made = { update: number[]; moments: Moments; weights: number[] }

export type StepRequest = {
  config: OptimizerConfig
  weights: Float32Array
  gradient: Float32Array
  moments: Moments
  learningRate?: number
  layout?: ParameterLayout
  /** Where the vector is cut into slices. */
  cuts?: number[]
}

export function stepOnce(request: StepRequest): { update: Float32Array; moments: Moments } {
  const { config, weights, gradient, moments, learningRate, layout = smallLayout, cuts = [] } = request
  const terms = prepareUpdate({
    config,
    layout,
    learningRate: learningRate ?? config.learningRate,
    moments,
    gradientSquares: squaresOfTensors(layout, gradient),
    weightSquares: needsWeightSquares(config) ? squaresOfTensors(layout, weights) : null,
  })
  const after = nextMoments(moments)
  const update = new Float32Array(layout.quantised + layout.exact)
  const borders = [0, ...cuts, update.length]
  for (let i = 1; i < borders.length; i++) {
    updateRange(terms, { weights, gradient, before: moments, update, after }, borders[i - 1]!, borders[i]!)
  }
  return { update, moments: after }
}

export function steps(
  fields: Record<string, unknown>,
  gradients: number[][],
  weights = [1, -2, 4, 8],
): Made[] {
  const config = optimizerConfig(fields)
  const values = Float32Array.from(weights)
  let { moments } = initOptimizer(config, smallLayout, values)
  return gradients.map((gradient) => {
    const next = stepOnce({ config, weights: values, gradient: Float32Array.from(gradient), moments })
    moments = next.moments
    for (const [i, update] of next.update.entries()) values[i] = values[i]! + update
    return { update: [...next.update], moments, weights: [...values] }
  })
}

export function velocity({ moments }: Pick<Made, 'moments'>): number[] {
  if (moments.kind === 'adamw') throw new Error('AdamW has no velocity')
  return [...moments.velocity]
}
