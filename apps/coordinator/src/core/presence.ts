/** Workers come and go. LS1: who goes keeps its lease until the deadline, but its task is offered to others at once. */
import type { CoreState } from './core-state.ts'
import type { EventOf } from './events.ts'
import { countIn, countOut } from './fleet.ts'
import { endLease, setAbandoned } from './lease-ledger.ts'
import { endTelling, leaveWaiting } from './waiting-room.ts'
import { newWorker, type WorkerState } from './worker-state.ts'

/** Coming again, it is the same worker with the same leases; its device may be another. */
export function joinWorker(state: CoreState, { workerId, deterministic }: EventOf<'worker-joined'>): void {
  const known = state.workers.get(workerId)
  if (known === undefined) {
    const worker = newWorker(workerId, deterministic)
    state.workers.set(workerId, worker)
    countIn(state, worker)
    return
  }
  if (!known.connected) countIn(state, known)
  known.connected = true
  leaveWaiting(state, known)
  endTelling(known)
  known.unfitFor.clear()
  if (known.deterministic && !deterministic) endDeterministicLeases(state, known)
  known.deterministic = deterministic
  for (const leaseId of known.leaseIds) setAbandoned(state.leases.get(leaseId)!, false)
}

export function leaveWorker(state: CoreState, { workerId }: EventOf<'worker-left'>): void {
  const worker = state.workers.get(workerId)
  if (worker === undefined) return
  worker.connected = false
  countOut(state, worker)
  leaveWaiting(state, worker)
  endTelling(worker)
  for (const leaseId of worker.leaseIds) setAbandoned(state.leases.get(leaseId)!, true)
  if (worker.leaseIds.size === 0) state.workers.delete(workerId)
}

/** SD2: what another device computes must not come in under a lease of the deterministic class. */
function endDeterministicLeases(state: CoreState, worker: WorkerState): void {
  for (const lease of state.leases.values()) {
    const { config } = state.runs.get(lease.runId)!.run.description
    if (lease.workerId === worker.id && config.backend === 'deterministic') endLease(state, lease)
  }
}
