/** No worker idles while there is work that it may do: after every event those who could be given something are told. */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import { nextAssignment } from './scheduler.ts'
import { stragglersOf } from './straggler.ts'

/** Each that is told asks, and the first to ask gets it. */
export function announceWork(state: CoreState, nowMs: number): Effect[] {
  const waiting = [...state.workers.values()].filter((worker) => worker.waiting)
  if (waiting.length === 0) return []
  const stragglers = stragglersOf(state, nowMs)
  const workerIds: WorkerId[] = []
  for (const worker of waiting) {
    if (nextAssignment(state, worker, nowMs, stragglers) === null) continue
    worker.waiting = false
    workerIds.push(worker.id)
  }
  return workerIds.length === 0 ? [] : [{ kind: 'announce-work', workerIds }]
}
