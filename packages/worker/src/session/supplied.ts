/**
 * What the compute part has, as far as the session has brought it there: a task that needs nothing else is given to it without a
 * question first, while it computes another.
 */
import type { Hash } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import { SHARDS_KEPT } from './compute-port.ts'

export class Supplied {
  /** Of the compute part: one that was started anew has nothing. */
  #generation = -1
  #checkpoint: Hash | null = null
  #trainCounts: Hash | null = null
  /** Those that were used last, in the order of their use. */
  #shards = new Set<Hash>()

  covers({ checkpoint: { checkpoint }, run }: Lease, { kind, entries }: Task, generation: number): boolean {
    const counts = kind === 'gradient' ? run.flora.trainCounts?.hash : undefined
    return (
      generation === this.#generation &&
      checkpoint === this.#checkpoint &&
      (counts === undefined || counts === this.#trainCounts) &&
      entries.every(({ shard }) => this.#shards.has(shard))
    )
  }

  /** It is there, and was used last. */
  note({ checkpoint: { checkpoint }, run }: Lease, { kind, entries }: Task, generation: number): void {
    if (generation !== this.#generation) this.forget()
    this.#generation = generation
    this.#checkpoint = checkpoint
    if (kind === 'gradient') this.#trainCounts = run.flora.trainCounts?.hash ?? this.#trainCounts
    const own = new Set(entries.map(({ shard }) => shard))
    const others = [...this.#shards].filter((shard) => !own.has(shard))
    const room = Math.max(0, SHARDS_KEPT - own.size)
    this.#shards = new Set([...others.slice(Math.max(0, others.length - room)), ...own])
  }

  /** Whatever it has, it is to be asked. */
  forget(): void {
    this.#generation = -1
    this.#checkpoint = null
    this.#trainCounts = null
    this.#shards.clear()
  }
}
