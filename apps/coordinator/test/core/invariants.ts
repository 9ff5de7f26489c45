/** What holds between any two events, whatever has happened. */
import { LEASES_AT_ONCE } from '@worldflora/protocol/messages'
import type { CoreState } from '../../src/core/core-state.ts'
import { groupsOf } from '../../src/core/run-progress.ts'
import { nextAssignment } from '../../src/core/scheduler.ts'
import { isOffered } from '../../src/core/task-slot.ts'

/** The first that is broken, in words; null if all hold. */
export function brokenInvariant(state: CoreState, nowMs: number): string | null {
  for (const worker of state.waiting) {
    if (state.workers.get(worker.id) !== worker) return `${worker.id} waits and is not known`
    if (!worker.connected) return `${worker.id} waits and is away`
    if (worker.leaseIds.size >= LEASES_AT_ONCE) return `${worker.id} waits and has its hands full`
    if (nextAssignment(state, worker, nowMs) !== null) return `${worker.id} idles while there is work for it`
  }
  for (const worker of state.workers.values()) {
    if (!worker.connected && worker.leaseIds.size === 0) return `${worker.id} is kept for nothing`
    for (const leaseId of worker.leaseIds) {
      const lease = state.leases.get(leaseId)
      if (lease?.workerId !== worker.id) return `${worker.id} holds a lease that is not its own`
      if (lease.due.size === 0) return `${worker.id} is left at a lease that is over`
      if (lease.abandoned === worker.connected) return `LS1: ${worker.id}'s lease is wrong about its presence`
    }
  }
  for (const progress of state.runs.values()) {
    for (const { slots, offered, failed, accepted } of groupsOf(progress)) {
      for (const slot of slots) {
        if (offered.has(slot) !== isOffered(slot)) return 'a task is lost to the offer, or offered wrongly'
        const isOpen = slot.state.kind === 'open'
        if (failed.has(slot) !== (isOpen && slot.failures.length > 0)) return 'a failure is miscounted'
      }
      if (accepted !== slots.filter(({ state: { kind } }) => kind === 'accepted').length) {
        return 'accepted tasks are miscounted'
      }
    }
  }
  for (const lease of state.leases.values()) {
    const progress = state.runs.get(lease.runId)!
    if (!groupsOf(progress).includes(lease.group)) return 'LS2: a lease outlives its step'
    if (state.liveLeases.has(lease) !== lease.due.size > 0) return 'a live lease is miscounted'
    for (const slot of lease.due) {
      if (slot.state.kind !== 'open' || !slot.state.leases.includes(lease))
        return 'a task is not due any more'
    }
  }
  return state.liveLeases.size > state.leases.size ? 'an unknown lease is live' : null
}
