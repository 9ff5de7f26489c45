/** What the optimizer remembers between steps. */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import { type Average, beginAverage } from './average.ts'
import { initMoments, type Moments } from './moments.ts'

export type OptimizerState = {
  moments: Moments
  /** Error feedback: what quantised updates have left over, one value per quantised parameter. */
  residual: Float32Array
  /** null in a run without `ema`. */
  average: Average | null
}

/** `weights` are those the run begins with. */
export function initOptimizer(
  config: OptimizerConfig,
  layout: ParameterLayout,
  weights: Float32Array,
): OptimizerState {
  return {
    moments: initMoments(config, layout),
    residual: new Float32Array(layout.quantised),
    average: config.ema === undefined ? null : beginAverage(weights),
  }
}
