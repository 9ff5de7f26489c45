/**
 * An optimizer's state in the hands of another configuration, for a fork or after a rollback. The same optimizer goes on from
 * it, whatever its numbers; another one starts afresh. The residual of the updates is taken over in any case: it is what
 * is still owed to the weights.
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { decodeOptimizerState, encodeOptimizerState, initOptimizer } from './optimizer-state.ts'

export function carryOptimizerState(
  bytes: Uint8Array,
  layout: ParameterLayout,
  { from, to }: { from: RunConfig; to: RunConfig },
): { bytes: Uint8Array; isFresh: boolean } | Rejection {
  const state = decodeOptimizerState(bytes, layout)
  if (isRejection(state)) return state
  if (from.optimizer.name === to.optimizer.name) return { bytes, isFresh: false }
  const { residual } = state
  return { bytes: encodeOptimizerState({ ...initOptimizer(layout), residual }), isFresh: true }
}
