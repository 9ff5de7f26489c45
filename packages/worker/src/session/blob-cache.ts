/**
 * Port: where blobs are kept between tasks, by hash, up to a limit of bytes; the least recently used go first. A cache may
 * forget anything at any time and never fails: what it lacks is downloaded again. test/blob-cache.contract.ts says the rest.
 */
import type { Hash } from '@worldflora/protocol/ids'

export type BlobCache = {
  /** The blob as bytes that belong to the caller, or null. Counts as a use. */
  get(hash: Hash): Promise<Uint8Array | null>
  /** Keeps a copy. A blob larger than the limit is not kept. */
  put(hash: Hash, bytes: Uint8Array): Promise<void>
  delete(hash: Hash): Promise<void>
  /** What is held, the most recently used first. */
  hashes(): Promise<Hash[]>
}

/** Shards and checkpoints are kept apart, so that neither drives the other out. */
export type BlobCaches = { shards: BlobCache; checkpoints: BlobCache }
