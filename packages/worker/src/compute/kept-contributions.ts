/** The contributions of the leases in hand, each as its own plain bytes, until they are delivered: any of them can be summed. */
import { type EncodedVector, parseVector, type VectorKind } from '@worldflora/protocol/gradient-codec'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import { type Coding, mergePartialSums } from '@worldflora/protocol/partial-sum'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'

export class KeptContributions {
  readonly #hashOf: (bytes: Uint8Array) => Hash
  readonly #leases = new Map<LeaseId, Map<number, EncodedVector>>()

  constructor(hashOf: (bytes: Uint8Array) => Hash) {
    this.#hashOf = hashOf
  }

  /** Its digest: what this task came to, whoever computes it (LS3). */
  keep(leaseId: LeaseId, task: number, bytes: Uint8Array, kind: VectorKind): Hash | Rejection {
    const contribution = parseVector(bytes, kind)
    if (isRejection(contribution)) return contribution
    const kept = this.#leases.get(leaseId) ?? new Map<number, EncodedVector>()
    this.#leases.set(leaseId, kept.set(task, contribution))
    return this.#hashOf(bytes)
  }

  sumOf(leaseId: LeaseId, tasks: readonly number[], coding: Coding): Uint8Array<ArrayBuffer> | Rejection {
    const kept = this.#leases.get(leaseId)
    const parts = tasks.flatMap((task) => kept?.get(task) ?? [])
    if (parts.length === tasks.length && parts.length > 0) return mergePartialSums(parts, coding)
    return reject(
      'contribution-gone',
      'The compute part was started anew since this was computed.',
      'The tasks go to another worker.',
    )
  }

  release(leaseId: LeaseId): void {
    this.#leases.delete(leaseId)
  }
}
