/** Which tasks a worker gets. Knows no sockets and no clock: callers pass `nowMs`. */
import type { CoreState } from './core-state.ts'
import { mayTry } from './failure.ts'
import { runsInTurn } from './fair-share.ts'
import type { LeaseRecord } from './lease.ts'
import { tasksPerLease } from './lease-size.ts'
import { groupsOf, isHalted } from './run-progress.ts'
import { isAlone, stragglersOf } from './straggler.ts'
import type { TaskGroup } from './task-group.ts'
import { missingBytes, type NonEmptySlots, type TaskSlot } from './task-slot.ts'
import { canDo, type WorkerState } from './worker-state.ts'

/** Of a very large step, so many offered tasks are looked through for those whose shards the worker holds. */
const TASKS_LOOKED_AT = 256

/**
 * Evaluations first, so that curves are current and old checkpoints can go; then steps; of several runs, the one that is
 * furthest behind its share. In it, the offered tasks for which the worker lacks least. If none is offered,
 * the later half of the longest straggler of somebody else.
 */
export function nextAssignment(state: CoreState, worker: WorkerState, nowMs: number): NonEmptySlots | null {
  for (const group of groupsInTurn(state, worker)) {
    const slots = nearest(state, group, worker, nowMs)
    if (slots !== null) return slots
  }
  return backupFor(state, worker, nowMs, stragglersOf(state, nowMs))
}

/** Whether it would get anything: as `nextAssignment`, for many workers at one time. */
export function isWorkFor(
  state: CoreState,
  worker: WorkerState,
  nowMs: number,
  stragglers: readonly LeaseRecord[],
): boolean {
  const isOffered = (slot: TaskSlot) => slot.failures.length === 0 || mayTry(state, slot, worker, nowMs)
  for (const { offered } of groupsInTurn(state, worker))
    for (const slot of offered) if (isOffered(slot)) return true
  return backupFor(state, worker, nowMs, stragglers) !== null
}

export function isAnythingOffered(state: CoreState): boolean {
  for (const progress of state.runs.values()) {
    if (!isHalted(progress) && groupsOf(progress).some(({ offered }) => offered.size > 0)) return true
  }
  return false
}

function groupsInTurn(state: CoreState, worker: WorkerState): TaskGroup[] {
  const runs = runsInTurn(state)
  return [
    ...runs.filter((run) => canDo(worker, run, 'evaluate')).flatMap(({ evaluations }) => evaluations),
    ...runs.filter((run) => canDo(worker, run, 'gradient')).flatMap(({ step }) => step ?? []),
  ]
}

/** As many as a lease has for this worker; after the first, those come first whose shards it will have by then. */
function nearest(
  state: CoreState,
  group: TaskGroup,
  worker: WorkerState,
  nowMs: number,
): NonEmptySlots | null {
  if (group.offered.size === 0) return null
  const most = tasksPerLease(state, worker, group)
  const held = new Set(worker.shards)
  const chosen: TaskSlot[] = []
  const costly: TaskSlot[] = []
  let lookedAt = 0
  for (const slot of group.offered) {
    if (chosen.length === most || lookedAt++ === TASKS_LOOKED_AT) break
    if (slot.failures.length > 0 && !mayTry(state, slot, worker, nowMs)) continue
    if (missingBytes([slot], held) === 0) chosen.push(slot)
    else costly.push(slot)
  }
  while (chosen.length < most && costly.length > 0) {
    const [cheapest] = costly.splice(indexOfCheapest(costly, held), 1)
    chosen.push(cheapest!)
    for (const { hash } of cheapest!.shards) held.add(hash)
  }
  return chosen.length === 0 ? null : (chosen as unknown as NonEmptySlots)
}

function indexOfCheapest(slots: readonly TaskSlot[], held: ReadonlySet<string>): number {
  let least = Number.POSITIVE_INFINITY
  let at = 0
  for (const [index, slot] of slots.entries()) {
    const missing = missingBytes([slot], held)
    if (missing >= least) continue
    least = missing
    at = index
    if (missing === 0) break
  }
  return at
}

function backupFor(
  state: CoreState,
  worker: WorkerState,
  nowMs: number,
  stragglers: readonly LeaseRecord[],
): NonEmptySlots | null {
  for (const lease of stragglers) {
    if (lease.workerId === worker.id || !mayRace(state, worker, lease)) continue
    const slots = [...lease.due].filter(
      (slot) => isAlone(slot) && (slot.failures.length === 0 || mayTry(state, slot, worker, nowMs)),
    )
    // The holder computes them in order: it will hardly have begun with the last ones.
    if (slots.length > 0) return slots.slice(Math.floor(slots.length / 2)) as unknown as NonEmptySlots
  }
  return null
}

function mayRace(state: CoreState, worker: WorkerState, { group }: LeaseRecord): boolean {
  const progress = state.runs.get(group.runId)!
  return !isHalted(progress) && canDo(worker, progress, group.kind)
}
