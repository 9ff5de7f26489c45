/** A lease in this worker's hands: from its arrival until it is delivered, or at an end some other way. */
import type { Lease } from '@worldflora/protocol/messages'
import type { Rejection } from '@worldflora/protocol/rejection'

export type HeldLease = {
  lease: Lease
  /** Aborts when the lease is not worth another moment. */
  abandon: AbortController
  /** From its arrival on. */
  untilDeadline: AbortSignal
  /** Tasks of it that others have done. */
  revoked: Set<number>
}

export type LeaseEnd =
  /** Whatever of it was still wanted. */
  | { kind: 'delivered' }
  /** The coordinator did not take a result, and has counted that already. */
  | { kind: 'refused'; rejection: Rejection }
  /** To be given back with the reason; `task` is the one that failed, if it was one. */
  | { kind: 'failed'; rejection: Rejection; task?: number }
  /** Revoked, forgotten, past its deadline, or the worker was stopped. */
  | { kind: 'abandoned' }

/** From now on. */
export function holdLease(lease: Lease): HeldLease {
  const untilDeadline = AbortSignal.timeout(lease.durationMs)
  return { lease, abandon: new AbortController(), untilDeadline, revoked: new Set() }
}
