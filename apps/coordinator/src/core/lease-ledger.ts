/** Leases begin and end here only: what the tasks, their offer and the worker know of them changes together. */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import { charge } from './fair-share.ts'
import type { LeaseRecord } from './lease.ts'
import { noteOffer } from './offer.ts'
import { leaseDurationMs } from './pace.ts'
import { stragglesAfterMs } from './straggler.ts'
import type { TaskGroup } from './task-group.ts'
import { imagesOf, missingBytes, type NonEmptySlots, type TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

export function grantLease(
  state: CoreState,
  worker: WorkerState,
  slots: NonEmptySlots,
  beginsAtMs: number,
): LeaseRecord {
  const { group } = slots[0]
  const { material } = group
  const images = imagesOf(slots)
  const serial = state.leasesGranted++
  const lease: LeaseRecord = {
    id: `${state.boot}-${serial.toString(36)}` as LeaseId,
    workerId: worker.id,
    runId: group.runId,
    group,
    slots,
    images,
    due: new Set(slots),
    beginsAtMs,
    deadlineMs:
      beginsAtMs +
      leaseDurationMs(worker, { material, images, missingBytes: missingBytes(slots, worker.shards) }),
    stragglesFromMs: beginsAtMs + stragglesAfterMs(worker.paces[material], images),
    abandoned: false,
    isOverdue: false,
  }
  for (const slot of slots) {
    if (slot.state.kind !== 'open') throw new Error('only open tasks are leased')
    slot.state.leases.push(lease)
    noteOffer(slot)
  }
  state.leases.set(lease.id, lease)
  state.deadlines.add(lease.deadlineMs, lease)
  state.straggleTimes.add(lease.stragglesFromMs, lease)
  group.leases.add(lease)
  charge(state, state.runs.get(lease.runId)!, images)
  worker.leaseIds.add(lease.id)
  return lease
}

/** A result under it is stale from now on. */
export function endLease(state: CoreState, lease: LeaseRecord): void {
  state.leases.delete(lease.id)
  lease.group.leases.delete(lease)
  const due = [...lease.due]
  for (const slot of due) voidTask(state, lease, slot)
  if (due.length === 0) freeWorker(state, lease)
}

/** The task is of no more use to the lease. With its last one it is over for its worker, but known: a late copy is compared. */
export function voidTask(state: CoreState, lease: LeaseRecord, slot: TaskSlot): void {
  lease.due.delete(slot)
  if (slot.state.kind === 'open') slot.state.leases = slot.state.leases.filter((other) => other !== lease)
  noteOffer(slot)
  if (lease.due.size === 0) freeWorker(state, lease)
}

/** All leases of a step or an evaluation that is over, those included that were kept for the comparison (LS3). */
export function endLeasesOf(state: CoreState, group: TaskGroup): Effect[] {
  const effects: Effect[] = []
  for (const lease of group.leases) {
    effects.push(...revocationOf(state, lease))
    endLease(state, lease)
  }
  return effects
}

/** The worker is free for other work; a result that is nearly done is taken until the deadline. */
export function recallLease(state: CoreState, lease: LeaseRecord): Effect[] {
  const effects = revocationOf(state, lease)
  setAbandoned(lease, true)
  freeWorker(state, lease)
  return effects
}

export function setAbandoned(lease: LeaseRecord, abandoned: boolean): void {
  lease.abandoned = abandoned
  for (const slot of lease.due) noteOffer(slot)
}

/** Nobody who is away is kept without a lease. */
function freeWorker(state: CoreState, lease: LeaseRecord): void {
  const worker = state.workers.get(lease.workerId)
  if (worker === undefined) return
  worker.leaseIds.delete(lease.id)
  if (!worker.connected && worker.leaseIds.size === 0) state.workers.delete(worker.id)
}

/** For a worker that is here, and at this lease. `tasks`: of those only, by their number. */
export function revocationOf(state: CoreState, { id, workerId }: LeaseRecord, tasks?: number[]): Effect[] {
  const worker = state.workers.get(workerId)
  if (worker === undefined || !worker.leaseIds.has(id) || !worker.connected) return []
  return [{ kind: 'revoke-lease', workerId, leaseId: id, ...(tasks === undefined ? {} : { tasks }) }]
}
