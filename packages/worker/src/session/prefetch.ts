/** Brings shards that will probably be needed next into the cache, one at a time, while the network has nothing better to do. */
import type { ShardRef } from '@worldflora/protocol/messages'
import type { BlobCache } from './blob-cache.ts'
import type { BlobSource } from './blob-source.ts'

export class Prefetcher {
  readonly #source: BlobSource
  readonly #cache: BlobCache
  readonly #signal: AbortSignal
  #wanted: ShardRef[] = []
  #isFetching = false

  constructor(source: BlobSource, cache: BlobCache, signal: AbortSignal) {
    this.#source = source
    this.#cache = cache
    this.#signal = signal
  }

  /** Replaces what was wished for before; the one on its way is brought to its end. */
  wish(shards: ShardRef[]): void {
    this.#wanted = [...shards]
    if (!this.#isFetching) void this.#fetchAll()
  }

  /** What fails is fetched when it is needed. */
  async #fetchAll(): Promise<void> {
    this.#isFetching = true
    try {
      for (let shard = this.#wanted.shift(); shard !== undefined; shard = this.#wanted.shift()) {
        await this.#source.get(shard, this.#cache, this.#signal)
      }
    } catch {
      this.#wanted = []
    } finally {
      this.#isFetching = false
    }
  }
}
