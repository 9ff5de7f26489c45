/** No worker idles while there is work that it may do: after every event those who could be given something are told. */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import { isAnythingOffered, isWorkFor } from './scheduler.ts'
import { stragglersOf } from './straggler.ts'

/** Each that is told asks, and the first to ask gets it. */
export function announceWork(state: CoreState, nowMs: number): Effect[] {
  if (state.waiting.size === 0) return []
  const stragglers = stragglersOf(state, nowMs)
  if (stragglers.length === 0 && !isAnythingOffered(state)) return []
  const workerIds: WorkerId[] = []
  for (const worker of state.waiting) {
    if (!isWorkFor(state, worker, nowMs, stragglers)) continue
    state.waiting.delete(worker)
    workerIds.push(worker.id)
  }
  return workerIds.length === 0 ? [] : [{ kind: 'announce-work', workerIds }]
}
