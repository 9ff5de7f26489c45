/**
 * The stores as the rest of the coordinator sees them: whatever fails is a StorageFault, noted, and a call to the database
 * that is not answered in time has failed. It may still be carried out later: who goes on asks the store what became of it.
 */
import type { Clock } from '../clock.ts'
import type { BlobStore } from './blob-store.ts'
import { overdue, storageFaultOf } from './storage-fault.ts'
import type { Access, StorageHealth } from './storage-health.ts'
import type { Store } from './store.ts'

export const LONGEST_STORE_CALL_MS = 30_000

/** The port's naming: what does not say that it reads, writes. */
const READS = /^(list|latest|has|pending|size|get)|(Of|InUse)$/

const accessOf = (method: string): Access => (READS.test(method) ? 'read' : 'write')

/** While a call is overdue the next ones fail at once: nothing piles up behind a database that hangs. */
export function guardStore(store: Store, clock: Clock, health: StorageHealth): Store {
  const late = new Set<Promise<unknown>>()

  function inTime(done: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const alarm = clock.alarm(() => {
        late.add(done)
        reject(overdue(LONGEST_STORE_CALL_MS))
      })
      alarm.set(clock.nowMs() + LONGEST_STORE_CALL_MS)
      done.then(resolve, reject).finally(() => {
        alarm.set(null)
        late.delete(done)
      })
    })
  }

  return guarded(store, 'store', health, (call) =>
    late.size > 0 ? Promise.reject(overdue(LONGEST_STORE_CALL_MS)) : inTime(call()),
  )
}

export function guardBlobs(blobs: BlobStore, name: string, health: StorageHealth): BlobStore {
  return guarded(blobs, name, health, (call) => call())
}

/** They promise nothing: what they give is read bit by bit. */
const UNGUARDED: ReadonlySet<string> = new Set(['read', 'list'])

/** The port with its calls made through `make`, and what became of them noted. */
function guarded<T extends object>(
  port: T,
  name: string,
  health: StorageHealth,
  make: (call: () => Promise<unknown>) => Promise<unknown>,
): T {
  return new Proxy(port, {
    get(target, method: string & keyof T) {
      const value = target[method]
      if (typeof value !== 'function' || UNGUARDED.has(method)) return value
      return (...args: unknown[]) => {
        const access = accessOf(method)
        return make(async () => value.apply(target, args)).then(
          (answer) => {
            health.noteSuccess(name, access)
            return answer
          },
          (error: unknown) => {
            const fault = storageFaultOf(error)
            health.noteFault(name, access, fault)
            throw fault
          },
        )
      }
    },
  })
}
