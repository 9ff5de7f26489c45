/**
 * Blobs that were asked for lately, in memory: a step's delta is fetched by every worker at the same moment, and is read from the
 * disk, and checked, once. Names are of bytes, so nothing in here ever grows old.
 */
import type { Hash } from '@worldflora/protocol/ids'
import { LRUCache } from 'lru-cache'
import type { BlobStore } from '../store/blob-store.ts'

const MOST_BYTES = 64 << 20
/** Larger ones are streamed: shards, of which different workers want different ones, would drive the deltas out. */
const LARGEST_BYTES = 8 << 20
/** So many are read at a time; what more is asked for meanwhile is streamed. Strangers ask too. */
const LOADS_AT_ONCE = 4

export type RecentBlobs = {
  /** null for one that is absent, damaged, or not to be kept: the disk is to be asked. */
  get(hash: Hash, size: number): Promise<Uint8Array<ArrayBuffer> | null>
}

export function openRecentBlobs(blobs: Pick<BlobStore, 'get'>): RecentBlobs {
  const kept = new LRUCache<Hash, Uint8Array<ArrayBuffer>>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ byteLength }) => byteLength + 1,
  })
  const loading = new Map<Hash, Promise<Uint8Array<ArrayBuffer> | null>>()

  async function load(hash: Hash): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const bytes = await blobs.get(hash)
      if (bytes !== null) kept.set(hash, bytes)
      return bytes
    } finally {
      loading.delete(hash)
    }
  }

  return {
    async get(hash, size) {
      if (size > LARGEST_BYTES) return null
      const bytes = kept.get(hash)
      if (bytes !== undefined) return bytes
      const started = loading.get(hash)
      if (started !== undefined) return started
      if (loading.size === LOADS_AT_ONCE) return null
      const loaded = load(hash)
      loading.set(hash, loaded)
      return loaded
    },
  }
}
