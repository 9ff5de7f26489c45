/** Which tasks a worker gets. Knows no sockets and no clock: callers pass `nowMs`. */
import type { CoreState } from './core-state.ts'
import { mayTry } from './failure.ts'
import { runsInTurn } from './fair-share.ts'
import type { LeaseRecord } from './lease.ts'
import { tasksPerLease } from './lease-size.ts'
import { groupsOf } from './run-progress.ts'
import { takeoverIn } from './takeover.ts'
import type { TaskGroup } from './task-group.ts'
import { isAtTask, missingBytes, type NonEmptySlots, type TaskSlot } from './task-slot.ts'
import { canDo, type WorkerState } from './worker-state.ts'

/** Of a very large step, so many offered tasks are looked through for those whose shards the worker holds. */
const TASKS_LOOKED_AT = 256

/**
 * Evaluations first, so that curves are current and old checkpoints can go; then what runs want, that one's first which is
 * furthest behind its share. In it, the offered tasks for which the worker lacks least. If none is offered, some of what
 * others are late with, or will be through with later than it: that is for who is free.
 */
export function nextAssignment(
  state: CoreState,
  worker: WorkerState,
  { isFree, nowMs }: { isFree: boolean; nowMs: number },
): NonEmptySlots | null {
  const groups = groupsInTurn(state, worker)
  for (const find of isFree ? [nearest, backupIn, takeoverIn] : [nearest]) {
    for (const group of groups) {
      const slots = find(state, group, worker, nowMs)
      if (slots !== null) return slots
    }
  }
  return null
}

/** Whether it would get anything of the group, whose kind of work it can do. */
export function isWorkFor(state: CoreState, worker: WorkerState, group: TaskGroup, nowMs: number): boolean {
  for (const slot of group.offered) if (mayTry(state, slot, worker, nowMs)) return true
  return backupIn(state, group, worker, nowMs) !== null
}

/** Features may be of a whole flora: they come before their own run's step, and have to share with the other runs. */
function groupsInTurn(state: CoreState, worker: WorkerState): TaskGroup[] {
  const groups = runsInTurn(state).flatMap((run) =>
    groupsOf(run).filter(({ kind }) => canDo(worker, run, kind)),
  )
  const isEvaluation = ({ kind }: TaskGroup) => kind === 'evaluate'
  return [...groups.filter(isEvaluation), ...groups.filter((group) => !isEvaluation(group))]
}

/**
 * As many as a lease has for this worker; after the first, those come first whose shards it will have by then. What it was told before
 * (WK14) comes first among equals.
 */
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
  for (const slot of inOrder(group, worker)) {
    if (chosen.length === most || lookedAt++ === TASKS_LOOKED_AT) break
    if (!mayTry(state, slot, worker, nowMs)) continue
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

/** What was foretold to the worker, then what was foretold to nobody, then the rest. */
function* inOrder(
  { offered, slots, foretold, holders }: TaskGroup,
  { id }: WorkerState,
): Generator<TaskSlot> {
  if (holders.size === 0) return yield* offered
  for (const task of foretold.get(id) ?? []) if (offered.has(slots[task]!)) yield slots[task]!
  for (const slot of offered) if (!holders.has(slot.task.task)) yield slot
  for (const slot of offered) if ((holders.get(slot.task.task) ?? id) !== id) yield slot
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

/**
 * Of what is late, what has been so for longest, with other late tasks of the same lease: an even share for each who is idle,
 * and at most half. From the end, for the holder computes in order, and will hardly have begun with the last ones.
 */
function backupIn(
  state: CoreState,
  { late }: TaskGroup,
  worker: WorkerState,
  nowMs: number,
): NonEmptySlots | null {
  const mayRace = (slot: TaskSlot) => !isAtTask(slot, worker.id) && mayTry(state, slot, worker, nowMs)
  for (const first of late) {
    if (!mayRace(first)) continue
    const slots = [...holderOf(first).due].filter((slot) => late.has(slot) && mayRace(slot))
    const idle = 1 + state.waiting.size
    return slots.slice(-Math.ceil(slots.length / Math.max(2, idle))) as unknown as NonEmptySlots
  }
  return null
}

function holderOf({ state }: TaskSlot): LeaseRecord {
  if (state.kind === 'accepted') throw new Error('nobody holds what is accepted')
  return state.leases.find(({ abandoned }) => !abandoned)!
}
