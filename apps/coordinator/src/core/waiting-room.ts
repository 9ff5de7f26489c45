/**
 * Idle workers. Those of one ability wait together, in the order in which they came. Who was told of work counts as on its
 * way to it until it asks; whoever does not within a few seconds is not waited for, and another is told.
 */
import type { CoreState } from './core-state.ts'
import type { TaskGroup } from './task-group.ts'
import type { WorkerState } from './worker-state.ts'

/** A slow connection, there and back. */
const ON_ITS_WAY_MS = 3000

export type Telling = { readonly worker: WorkerState; readonly group: TaskGroup }

export function enterWaiting(state: CoreState, worker: WorkerState): void {
  leaveWaiting(state, worker)
  const queues = state.waitingByAbility[worker.hasDelivered ? 'proven' : 'unproven']
  const ability = [worker.deterministic, ...[...worker.unfitFor].sort()].join(' ')
  const queue = queues.get(ability) ?? new Set()
  queues.set(ability, queue)
  queue.add(worker)
  state.waiting.set(worker, queue)
}

/** Those first that have delivered before: they will hardly take work and do none. */
export function queuesOf({ waitingByAbility: { proven, unproven } }: CoreState): Set<WorkerState>[] {
  return [...proven.values(), ...unproven.values()]
}

export function leaveWaiting(state: CoreState, worker: WorkerState): void {
  state.waiting.get(worker)?.delete(worker)
  state.waiting.delete(worker)
}

export function tell(state: CoreState, worker: WorkerState, group: TaskGroup, nowMs: number): void {
  leaveWaiting(state, worker)
  worker.telling = { worker, group }
  group.told++
  state.tellings.add(nowMs + ON_ITS_WAY_MS, worker.telling)
}

/** It has asked, or is gone. */
export function endTelling(worker: WorkerState): void {
  if (worker.telling === null) return
  worker.telling.group.told--
  worker.telling = null
}

export function forgetSilent(state: CoreState, nowMs: number): void {
  for (;;) {
    const telling = state.tellings.take(nowMs)
    if (telling === undefined) return
    endTelling(telling.worker)
  }
}
