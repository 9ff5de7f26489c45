/** A worker asks: for a lease that it has and does not know of, for a new one, or it is told that there is none for now. */
import type { Task } from '@worldflora/protocol/messages'
import { LEASES_AT_ONCE } from '@worldflora/protocol/messages'
import type { CoreState } from './core-state.ts'
import { classesTaken } from './device-classes.ts'
import type { Effect, EventOf } from './events.ts'
import { notePaces } from './fleet.ts'
import { forecastFor } from './forecast.ts'
import type { LeaseRecord } from './lease.ts'
import { expireLease } from './lease-expiry.ts'
import { grantLease } from './lease-ledger.ts'
import { prefetchFor } from './prefetch.ts'
import { nextAssignment } from './scheduler.ts'
import { endTelling, enterWaiting, leaveWaiting } from './waiting-room.ts'
import type { WorkerState } from './worker-state.ts'

export function answerRequest(state: CoreState, event: EventOf<'work-requested'>, nowMs: number): Effect {
  const worker = state.workers.get(event.workerId)
  if (worker === undefined) throw new Error(`worker ${event.workerId} has not joined`)
  endTelling(worker)
  worker.shards = event.shards
  notePaces(state, worker, { photos: event.imagesPerSecond, features: event.featuresPerSecond })
  const lease =
    unheardLease(state, worker, event.holding, nowMs) ?? newLease(state, worker, event.busyMs, nowMs)
  if (lease === null) {
    // Whoever has its hands full, or computes, asks again by itself: once it has delivered, or is free.
    if (isFree(worker) && event.busyMs === undefined) enterWaiting(state, worker)
    return {
      kind: 'keep-idle',
      workerId: worker.id,
      prefetch: prefetchFor(state, worker),
      ahead: forecastFor(state, worker),
      classes: classesTaken(state),
    }
  }
  leaveWaiting(state, worker)
  return {
    kind: 'grant-lease',
    workerId: worker.id,
    lease: {
      leaseId: lease.id,
      durationMs: Math.max(0, Math.round(lease.deadlineMs - nowMs)),
      run: state.runs.get(lease.runId)!.run.description,
      checkpoint: lease.group.checkpoint,
      tasks: [...lease.due].map(({ task }) => task) as [Task, ...Task[]],
      prefetch: prefetchFor(state, worker),
    },
  }
}

export function isFree({ leaseIds }: WorkerState): boolean {
  return leaseIds.size < LEASES_AT_ONCE
}

/** The answer that brought it was lost. Those past their deadline, which the clock has not struck yet, end here. */
function unheardLease(
  state: CoreState,
  worker: WorkerState,
  holding: readonly string[],
  nowMs: number,
): LeaseRecord | null {
  for (const leaseId of worker.leaseIds) {
    const lease = state.leases.get(leaseId)!
    if (lease.deadlineMs <= nowMs) expireLease(state, lease)
    else if (!holding.includes(leaseId)) return lease
  }
  return null
}

function newLease(
  state: CoreState,
  worker: WorkerState,
  busyMs: number | undefined,
  nowMs: number,
): LeaseRecord | null {
  if (!isFree(worker)) return null
  const slots = nextAssignment(state, worker, { isFree: busyMs === undefined, nowMs })
  return slots === null ? null : grantLease(state, worker, slots, nowMs + (busyMs ?? 0))
}
