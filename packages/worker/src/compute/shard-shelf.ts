/** The shards whose photos are at hand, parsed; the least recently used go first. */
import { type Photo, readShard } from '@worldflora/dataset/shard'
import type { Hash } from '@worldflora/protocol/ids'
import type { ShardEntries } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'

/** A task touches one shard, at its edge two; more than this stay only while one task needs them all. */
const SHARDS_KEPT = 6

export class ShardShelf {
  readonly #shards = new Map<Hash, Photo[]>()

  /** Of those asked for. What is there counts as used, and makes room only for what was not asked for here. */
  missing(hashes: Hash[]): Hash[] {
    for (const hash of hashes) this.#touch(hash)
    for (const hash of this.#shards.keys()) {
      if (this.#shards.size <= SHARDS_KEPT || hashes.includes(hash)) break
      this.#shards.delete(hash)
    }
    return hashes.filter((hash) => !this.#shards.has(hash))
  }

  load(hash: Hash, bytes: Uint8Array): Rejection | null {
    const photos = readShard(bytes)
    if (isRejection(photos)) return photos
    this.#shards.set(hash, photos)
    return null
  }

  /** In the order of the entries. */
  photosOf(entries: readonly ShardEntries[]): Photo[] | Rejection {
    const photos: Photo[] = []
    for (const { shard, samples } of entries) {
      const held = this.#shards.get(shard)
      if (held === undefined)
        return reject('shard-missing', `Shard ${shard} is not loaded.`, 'Load it first.')
      for (const sample of samples) {
        const photo = held[sample]
        if (photo === undefined) {
          return reject(
            'no-such-sample',
            `Shard ${shard} has no sample ${sample}.`,
            'Ask the operator: flora and run disagree.',
          )
        }
        photos.push(photo)
      }
    }
    return photos
  }

  #touch(hash: Hash): void {
    const photos = this.#shards.get(hash)
    if (photos === undefined) return
    this.#shards.delete(hash)
    this.#shards.set(hash, photos)
  }
}
