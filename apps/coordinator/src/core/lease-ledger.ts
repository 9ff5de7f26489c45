/** Leases begin and end here only: what the task, its offer and the worker know of them changes together. */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import type { LeaseRecord } from './lease.ts'
import { leaseDurationMs } from './pace.ts'
import { stragglesAfterMs } from './straggler.ts'
import { noteOffer, type TaskGroup } from './task-group.ts'
import { missingBytes, type TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

export function grantLease(
  state: CoreState,
  worker: WorkerState,
  slot: TaskSlot,
  nowMs: number,
): LeaseRecord {
  if (slot.state.kind !== 'open') throw new Error('only open tasks are leased')
  const { images } = slot
  const serial = state.leasesGranted++
  const lease: LeaseRecord = {
    id: `${state.boot}-${serial.toString(36)}` as LeaseId,
    workerId: worker.id,
    runId: slot.group.runId,
    slot,
    grantedAtMs: nowMs,
    deadlineMs: nowMs + leaseDurationMs(worker, { images, missingBytes: missingBytes(slot, worker.shards) }),
    stragglesFromMs: nowMs + stragglesAfterMs(worker, images),
    abandoned: false,
  }
  slot.state.leases.push(lease)
  state.leases.set(lease.id, lease)
  state.liveLeases.add(lease)
  state.runs.get(lease.runId)!.lastServed = serial
  worker.leaseId = lease.id
  noteOffer(slot)
  return lease
}

/** A result under it is stale from now on. */
export function endLease(state: CoreState, lease: LeaseRecord): void {
  const { slot } = lease
  state.leases.delete(lease.id)
  state.liveLeases.delete(lease)
  if (slot.state.kind === 'open') slot.state.leases = slot.state.leases.filter((other) => other !== lease)
  noteOffer(slot)
  freeWorker(state, lease)
}

/** All leases of a step or an evaluation that is over, those included that were kept for the comparison (LS3). */
export function endLeasesOf(state: CoreState, group: TaskGroup): Effect[] {
  const effects: Effect[] = []
  for (const lease of state.leases.values()) {
    if (lease.slot.group !== group) continue
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
  noteOffer(lease.slot)
}

/** Nobody who is away is kept without a lease. */
export function freeWorker(state: CoreState, lease: LeaseRecord): void {
  const worker = state.workers.get(lease.workerId)
  if (worker === undefined) return
  if (worker.leaseId === lease.id) worker.leaseId = null
  if (!worker.connected && worker.leaseId === null) state.workers.delete(worker.id)
}

/** For a worker that is here, and at this lease. */
export function revocationOf(state: CoreState, { id, workerId }: LeaseRecord): Effect[] {
  const worker = state.workers.get(workerId)
  if (worker === undefined || worker.leaseId !== id || !worker.connected) return []
  return [{ kind: 'revoke-lease', workerId, leaseId: id }]
}
