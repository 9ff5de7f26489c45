/** Blobs in this process's memory: in Node, and in tabs whose browser gives no IndexedDB. */
import type { Hash } from '@worldflora/protocol/ids'
import type { BlobCache } from './blob-cache.ts'

export function memoryBlobCache(limitBytes: number): BlobCache {
  /** The least recently used first: a Map keeps the order of insertion. */
  const blobs = new Map<Hash, Uint8Array>()
  let heldBytes = 0

  function forget(hash: Hash): void {
    heldBytes -= blobs.get(hash)?.length ?? 0
    blobs.delete(hash)
  }

  return {
    async get(hash) {
      const bytes = blobs.get(hash)
      if (bytes === undefined) return null
      blobs.delete(hash)
      blobs.set(hash, bytes)
      return bytes.slice()
    },
    async put(hash, bytes) {
      forget(hash)
      if (bytes.length > limitBytes) return
      blobs.set(hash, bytes.slice())
      heldBytes += bytes.length
      for (const oldest of blobs.keys()) {
        if (heldBytes <= limitBytes) break
        forget(oldest)
      }
    },
    async delete(hash) {
      forget(hash)
    },
    async hashes() {
      return [...blobs.keys()].reverse()
    },
  }
}
