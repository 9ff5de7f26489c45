/** Deletes the blobs of a store that are not among those in use; says how many. Which are in use is the caller's to know. */
import type { Hash } from '@worldflora/protocol/ids'
import type { BlobStore } from './blob-store.ts'

export async function sweep(
  store: Pick<BlobStore, 'list' | 'delete'>,
  used: ReadonlySet<Hash>,
): Promise<number> {
  let gone = 0
  for await (const hash of store.list()) {
    if (used.has(hash)) continue
    await store.delete(hash)
    gone++
  }
  return gone
}
