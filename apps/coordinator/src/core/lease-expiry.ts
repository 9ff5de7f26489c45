/** LS1: a deadline has passed. The task is offered to others, and a result under the lease is stale. */
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import type { LeaseRecord } from './lease.ts'
import { endLease, revocationOf } from './lease-ledger.ts'

export function expireLeases(state: CoreState, nowMs: number): Effect[] {
  const effects: Effect[] = []
  for (;;) {
    const lease = state.deadlines.take(nowMs)
    if (lease === undefined) return effects
    effects.push(...revocationOf(state, lease))
    expireLease(state, lease)
  }
}

export function expireLease(state: CoreState, lease: LeaseRecord): void {
  const worker = state.workers.get(lease.workerId)
  // A recalled lease is no longer what the worker is at: it has missed nothing.
  if (worker?.leaseIds.has(lease.id)) worker.missedDeadlines++
  endLease(state, lease)
}
