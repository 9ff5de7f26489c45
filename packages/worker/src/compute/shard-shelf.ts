/**
 * The shards whose samples are at hand, of photos or of features; the least recently used go first. A task touches one shard, at its edge
 * two; more than `SHARDS_KEPT` stay only while one task needs them all.
 */
import {
  type FeatureShard,
  featuresAt,
  isFeatureShard,
  readFeatureShard,
} from '@worldflora/dataset/feature-shard'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import type { Hash } from '@worldflora/protocol/ids'
import type { ShardEntries } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { SHARDS_KEPT } from '../session/compute-port.ts'

/** A shard of photos is cut into some of features, each of them small. */
const FEATURE_SHARDS_KEPT = 64

type Shard = { kind: 'photos'; photos: Photo[] } | { kind: 'features'; shard: FeatureShard }

export class ShardShelf {
  readonly #shards = new Map<Hash, Shard>()

  /** Of those asked for. What is there counts as used, and makes room only for what was not asked for here. */
  missing(hashes: Hash[]): Hash[] {
    for (const hash of hashes) this.#touch(hash)
    for (const kind of ['photos', 'features'] as const) this.#makeRoom(kind, hashes)
    return hashes.filter((hash) => !this.#shards.has(hash))
  }

  load(hash: Hash, bytes: Uint8Array): Rejection | null {
    const shard = isFeatureShard(bytes) ? readFeatureShard(bytes) : readShard(bytes)
    if (isRejection(shard)) return shard
    this.#shards.set(
      hash,
      Array.isArray(shard) ? { kind: 'photos', photos: shard } : { kind: 'features', shard },
    )
    return null
  }

  /** In the order of the entries. */
  photosOf(entries: readonly ShardEntries[]): Photo[] | Rejection {
    return this.#samplesOf(entries, (shard, sample) =>
      shard.kind === 'photos' ? shard.photos[sample] : undefined,
    )
  }

  /** Of the views that the entries name, in their order. */
  featuresOf(entries: readonly ShardEntries[]): ReturnType<typeof featuresAt>[] | Rejection {
    return this.#samplesOf(entries, (held, sample) => {
      if (held.kind !== 'features' || sample >= held.shard.labels.length * held.shard.views) return undefined
      return featuresAt(held.shard, sample)
    })
  }

  #samplesOf<T>(
    entries: readonly ShardEntries[],
    sampleOf: (shard: Shard, sample: number) => T | undefined,
  ): T[] | Rejection {
    const found: T[] = []
    for (const { shard, samples } of entries) {
      const held = this.#shards.get(shard)
      if (held === undefined)
        return reject('shard-missing', `Shard ${shard} is not loaded.`, 'Load it first.')
      this.#touch(shard)
      for (const number of samples) {
        const sample = sampleOf(held, number)
        if (sample === undefined) {
          return reject(
            'no-such-sample',
            `Shard ${shard} has no sample ${number}.`,
            'Ask the operator: flora and run disagree.',
          )
        }
        found.push(sample)
      }
    }
    return found
  }

  #makeRoom(kind: Shard['kind'], wanted: readonly Hash[]): void {
    const kept = kind === 'photos' ? SHARDS_KEPT : FEATURE_SHARDS_KEPT
    const own = [...this.#shards].flatMap(([hash, shard]) => (shard.kind === kind ? [hash] : []))
    for (const hash of own.slice(0, Math.max(0, own.length - kept))) {
      if (wanted.includes(hash)) break
      this.#shards.delete(hash)
    }
  }

  #touch(hash: Hash): void {
    const shard = this.#shards.get(hash)
    if (shard === undefined) return
    this.#shards.delete(hash)
    this.#shards.set(hash, shard)
  }
}
