/**
 * Blobs in IndexedDB, shared by all tabs of the site. Beside each blob stands its size and when it was last used, as a
 * count and not as a time: no clock, and the same order for every tab.
 */
import type { Hash } from '@worldflora/protocol/ids'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { BlobCache } from '../session/blob-cache.ts'

interface BlobSchema extends DBSchema {
  blobs: { key: string; value: Uint8Array }
  uses: { key: string; value: { bytes: number; use: number }; indexes: { use: number } }
}
type Database = IDBPDatabase<BlobSchema>

/** Throws where the browser gives no IndexedDB (some do not in private windows). */
export async function openIdbBlobCache(name: string, limitBytes: number): Promise<BlobCache> {
  const database = await openDB<BlobSchema>(name, 1, {
    upgrade(opened) {
      opened.createObjectStore('blobs')
      opened.createObjectStore('uses').createIndex('use', 'use')
    },
  })
  return {
    get: (hash) => orElse(null, () => take(database, hash)),
    put: (hash, bytes) =>
      orElse(undefined, async () => {
        if (bytes.length > limitBytes) return
        try {
          await keep(database, hash, bytes, limitBytes)
        } catch {
          // The browser's own quota may be less than ours: once more, with half of what is held gone.
          await keep(database, hash, bytes, (await heldBytes(database)) / 2)
        }
      }),
    delete: (hash) => orElse(undefined, () => forget(database, hash)),
    hashes: () =>
      orElse([], async () => (await database.getAllKeysFromIndex('uses', 'use')).reverse() as Hash[]),
  }
}

async function take(database: Database, hash: Hash): Promise<Uint8Array | null> {
  const transaction = database.transaction(['blobs', 'uses'], 'readwrite')
  const bytes = await transaction.objectStore('blobs').get(hash)
  if (bytes !== undefined) {
    const uses = transaction.objectStore('uses')
    const latest = await uses.index('use').openCursor(null, 'prev')
    await uses.put({ bytes: bytes.length, use: (latest?.value.use ?? 0) + 1 }, hash)
  }
  await transaction.done
  return bytes ?? null
}

async function keep(database: Database, hash: Hash, bytes: Uint8Array, limitBytes: number): Promise<void> {
  const transaction = database.transaction(['blobs', 'uses'], 'readwrite')
  const blobs = transaction.objectStore('blobs')
  const uses = transaction.objectStore('uses')
  // A request that fails aborts the transaction, whose own promise then rejects as well: heard once, below.
  transaction.done.catch(() => {})
  await uses.delete(hash)
  let held = bytes.length + (await uses.getAll()).reduce((sum, entry) => sum + entry.bytes, 0)
  let latest = 0
  for (let entry = await uses.index('use').openCursor(); entry; entry = await entry.continue()) {
    latest = entry.value.use
    if (held <= limitBytes) continue
    held -= entry.value.bytes
    await blobs.delete(entry.primaryKey)
    await entry.delete()
  }
  await blobs.put(bytes, hash)
  await uses.put({ bytes: bytes.length, use: latest + 1 }, hash)
  await transaction.done
}

async function forget(database: Database, hash: Hash): Promise<void> {
  const transaction = database.transaction(['blobs', 'uses'], 'readwrite')
  await transaction.objectStore('blobs').delete(hash)
  await transaction.objectStore('uses').delete(hash)
  await transaction.done
}

async function heldBytes(database: Database): Promise<number> {
  return (await database.getAll('uses')).reduce((sum, entry) => sum + entry.bytes, 0)
}

/** A cache never fails: whatever the browser has against it, the blob is fetched again. */
async function orElse<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    return otherwise
  }
}
