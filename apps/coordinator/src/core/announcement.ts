/**
 * No worker idles while there is work that it may do: after every event as many are told as there are tasks, for each that is
 * told asks, and gets one at least. Were all told, a thousand would ask for the one task that somebody gave back.
 */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import { groupsOf, isHalted, type RunProgress } from './run-progress.ts'
import { isWorkFor } from './scheduler.ts'
import type { TaskGroup } from './task-group.ts'
import { forgetSilent, queuesOf, tell } from './waiting-room.ts'
import { canDo } from './worker-state.ts'

export function announceWork(state: CoreState, nowMs: number): Effect[] {
  forgetSilent(state, nowMs)
  if (state.waiting.size === 0) return []
  const workerIds: WorkerId[] = []
  for (const progress of state.runs.values()) {
    if (isHalted(progress)) continue
    for (const group of groupsOf(progress)) workerIds.push(...tellOf(state, progress, group, nowMs))
  }
  return workerIds.length === 0 ? [] : [{ kind: 'announce-work', workerIds }]
}

function tellOf(state: CoreState, progress: RunProgress, group: TaskGroup, nowMs: number): WorkerId[] {
  const told: WorkerId[] = []
  let wanted = group.offered.size + group.late.size - group.told
  if (wanted <= 0) return told
  for (const queue of queuesOf(state)) {
    const [first] = queue
    if (first === undefined || !canDo(first, progress, group.kind)) continue
    for (const worker of queue) {
      if (!isWorkFor(state, worker, group, nowMs)) continue
      tell(state, worker, group, nowMs)
      told.push(worker.id)
      if (--wanted === 0) return told
    }
  }
  return told
}
