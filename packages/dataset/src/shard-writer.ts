/** Packs photos into shards as they come, and passes each full shard on: memory holds one shard at a time. */
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { ShardRef } from './manifest.ts'
import { type Photo, packShard, SHARD_BYTES, shardBytesOf } from './shard.ts'

/** Keeps a shard's bytes under its hash. A shard that is there already may be passed again. */
export type WriteShard = (hash: Hash, bytes: Uint8Array) => Promise<void>

/** The tar's own blocks and its padding. */
const SHARD_OVERHEAD_BYTES = 3 * 10_240

export class ShardWriter {
  readonly #write: WriteShard
  readonly #limitBytes: number
  readonly #refs: ShardRef[] = []
  #groups: Photo[][] = []
  #bytes = SHARD_OVERHEAD_BYTES

  constructor(write: WriteShard, limitBytes: number = SHARD_BYTES) {
    this.#write = write
    this.#limitBytes = limitBytes
  }

  /** The photos of one observation stay in one shard (unless they alone are more than a shard). */
  async add(observation: Photo[]): Promise<void> {
    const bytes = observation.reduce((sum, photo) => sum + shardBytesOf(photo), 0)
    if (observation.length > 1 && SHARD_OVERHEAD_BYTES + bytes > this.#limitBytes) {
      for (const photo of observation) await this.add([photo])
      return
    }
    if (this.#groups.length > 0 && this.#bytes + bytes > this.#limitBytes) await this.#flush()
    this.#groups.push(observation)
    this.#bytes += bytes
  }

  /** The shards written, in order. `withObservations` keeps the observations' borders for evaluation. */
  async finish(withObservations: boolean): Promise<ShardRef[]> {
    if (this.#groups.length > 0) await this.#flush()
    if (withObservations) return this.#refs
    return this.#refs.map(({ observations: _, ...ref }) => ref)
  }

  async #flush(): Promise<void> {
    const photos = this.#groups.flat()
    const bytes = packShard(photos)
    const hash = hashOf(bytes)
    const observations = this.#groups.map((group) => group.length)
    this.#refs.push({ hash, bytes: bytes.length, samples: photos.length, observations })
    this.#groups = []
    this.#bytes = SHARD_OVERHEAD_BYTES
    await this.#write(hash, bytes)
  }
}
