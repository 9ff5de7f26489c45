/** A worker asks: the lease that it holds already, a new one, or none for now. */
import type { CoreState } from './core-state.ts'
import type { Effect, EventOf } from './events.ts'
import type { LeaseRecord } from './lease.ts'
import { expireLease } from './lease-expiry.ts'
import { grantLease } from './lease-ledger.ts'
import { nextAssignment } from './scheduler.ts'
import type { WorkerState } from './worker-state.ts'

export function answerRequest(state: CoreState, event: EventOf<'work-requested'>, nowMs: number): Effect {
  const worker = state.workers.get(event.workerId)
  if (worker === undefined) throw new Error(`worker ${event.workerId} has not joined`)
  worker.shards = event.shards
  if (event.imagesPerSecond !== undefined) worker.imagesPerSecond = event.imagesPerSecond
  const lease = heldLease(state, worker, nowMs) ?? newLease(state, worker, nowMs)
  if (lease === null) {
    state.waiting.add(worker)
    return { kind: 'keep-idle', workerId: worker.id }
  }
  state.waiting.delete(worker)
  return {
    kind: 'grant-lease',
    workerId: worker.id,
    lease: {
      leaseId: lease.id,
      durationMs: Math.max(0, Math.round(lease.deadlineMs - nowMs)),
      run: state.runs.get(lease.runId)!.run.description,
      checkpoint: lease.slot.group.checkpoint,
      task: lease.slot.task,
    },
  }
}

function heldLease(state: CoreState, worker: WorkerState, nowMs: number): LeaseRecord | null {
  const held = worker.leaseId === null ? undefined : state.leases.get(worker.leaseId)
  if (held === undefined || held.deadlineMs > nowMs) return held ?? null
  expireLease(state, held)
  return null
}

function newLease(state: CoreState, worker: WorkerState, nowMs: number): LeaseRecord | null {
  const slot = nextAssignment(state, worker, nowMs)
  return slot === null ? null : grantLease(state, worker, slot, nowMs)
}
