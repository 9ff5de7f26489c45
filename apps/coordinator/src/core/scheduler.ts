/** Which task a worker gets. Knows no sockets and no clock: callers pass `nowMs`. */
import type { CoreState } from './core-state.ts'
import { mayTry } from './failure.ts'
import type { LeaseRecord } from './lease.ts'
import { groupsOf, isHalted } from './run-progress.ts'
import { stragglersOf } from './straggler.ts'
import type { TaskGroup } from './task-group.ts'
import { missingBytes, type TaskSlot } from './task-slot.ts'
import { canDo, type WorkerState } from './worker-state.ts'

/** Of a very large step, so many offered tasks are looked through for one whose shards the worker holds. */
const TASKS_LOOKED_AT = 256

/**
 * Evaluations first, so that curves are current and old checkpoints can go; then steps; of several runs, the one that was
 * served longest ago, so that none starves. In it, the offered task for which the worker lacks least. If none is offered,
 * the longest straggler of somebody else.
 */
export function nextAssignment(
  state: CoreState,
  worker: WorkerState,
  nowMs: number,
  stragglers: readonly LeaseRecord[] | null = null,
): TaskSlot | null {
  for (const group of groupsInTurn(state, worker)) {
    const slot = nearest(state, group, worker, nowMs)
    if (slot !== null) return slot
  }
  for (const { slot } of stragglers ?? stragglersOf(state, nowMs)) {
    if (mayRace(state, worker, slot) && mayTry(state, slot, worker, nowMs)) return slot
  }
  return null
}

export function isAnythingOffered(state: CoreState): boolean {
  for (const progress of state.runs.values()) {
    if (!isHalted(progress) && groupsOf(progress).some(({ offered }) => offered.size > 0)) return true
  }
  return false
}

function groupsInTurn(state: CoreState, worker: WorkerState): TaskGroup[] {
  const runs = [...state.runs.values()]
    .filter((progress) => !isHalted(progress))
    .sort((a, b) => a.lastServed - b.lastServed)
  return [
    ...runs.filter((run) => canDo(worker, run, 'evaluate')).flatMap(({ evaluations }) => evaluations),
    ...runs.filter((run) => canDo(worker, run, 'gradient')).flatMap(({ step }) => step ?? []),
  ]
}

function nearest(state: CoreState, group: TaskGroup, worker: WorkerState, nowMs: number): TaskSlot | null {
  let chosen: TaskSlot | null = null
  let least = Number.POSITIVE_INFINITY
  let lookedAt = 0
  for (const slot of group.offered) {
    if (slot.failures.length > 0 && !mayTry(state, slot, worker, nowMs)) continue
    const missing = missingBytes(slot, worker.shards)
    if (missing < least) {
      chosen = slot
      least = missing
    }
    if (missing === 0 || ++lookedAt === TASKS_LOOKED_AT) break
  }
  return chosen
}

function mayRace(state: CoreState, worker: WorkerState, { group }: TaskSlot): boolean {
  const progress = state.runs.get(group.runId)!
  return !isHalted(progress) && canDo(worker, progress, group.kind)
}
