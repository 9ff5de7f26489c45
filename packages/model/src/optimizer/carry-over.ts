/**
 * An optimizer's state in the hands of another configuration, for a fork or after a rollback. The same optimizer goes on from
 * it, whatever its numbers; another one starts afresh. The residual of the updates is taken over in any case: it is what
 * is still owed to the weights. An average that is still wanted goes on; a new one begins with the weights of the step.
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import { initOptimizer, type OptimizerState } from './optimizer-state.ts'
import { decodeOptimizerState, encodeOptimizerState } from './optimizer-state-codec.ts'

export type CarryOver = {
  from: { optimizer: OptimizerConfig }
  to: { optimizer: OptimizerConfig }
  /** Of the step, in the layout's order. */
  weights: Float32Array
}

export function carryOptimizerState(
  bytes: Uint8Array,
  layout: ParameterLayout,
  { from, to, weights }: CarryOver,
): { bytes: Uint8Array; isFresh: boolean } | Rejection {
  const state = decodeOptimizerState(bytes, from.optimizer, layout)
  if (isRejection(state)) return state
  const isFresh = from.optimizer.name !== to.optimizer.name
  const hasAverage = to.optimizer.ema !== undefined
  if (!isFresh && (state.average !== null) === hasAverage) return { bytes, isFresh }
  const carried = carryOver(state, to.optimizer, layout, weights)
  return { bytes: encodeOptimizerState(carried, layout), isFresh }
}

function carryOver(
  { moments, residual, average }: OptimizerState,
  config: OptimizerConfig,
  layout: ParameterLayout,
  weights: Float32Array,
): OptimizerState {
  const fresh = initOptimizer(config, layout, weights)
  return {
    moments: moments.kind === config.name ? moments : fresh.moments,
    residual,
    average: fresh.average === null ? null : (average ?? fresh.average),
  }
}
