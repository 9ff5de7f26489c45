/**
 * Blobs that were asked for lately, in memory: a step's delta is fetched by every worker at the same moment, and is read from the
 * disk, and checked, once. Names are of bytes, so nothing in here ever grows old.
 */
import type { Hash } from '@worldflora/protocol/ids'
import { LRUCache } from 'lru-cache'
import type { BlobStore } from '../store/blob-store.ts'

const MOST_BYTES = 128 << 20
/** A larger one would drive out all others; it is streamed. */
const LARGEST_BYTES = 32 << 20

export type RecentBlobs = {
  /** null for one that is absent, damaged, or too large to be kept. */
  get(hash: Hash): Promise<Uint8Array<ArrayBuffer> | null>
}

export function openRecentBlobs(blobs: Pick<BlobStore, 'size' | 'get'>): RecentBlobs {
  const cache = new LRUCache<Hash, Uint8Array<ArrayBuffer>>({
    maxSize: MOST_BYTES,
    maxEntrySize: LARGEST_BYTES,
    sizeCalculation: ({ byteLength }) => byteLength + 1,
    async fetchMethod(hash) {
      const size = await blobs.size(hash)
      if (size === null || size >= LARGEST_BYTES) return undefined
      return (await blobs.get(hash)) ?? undefined
    },
  })
  return { get: async (hash) => (await cache.fetch(hash)) ?? null }
}
