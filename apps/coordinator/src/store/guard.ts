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

const STORE_ACCESS: Readonly<Record<keyof Store, Access>> = {
  listRuns: 'read',
  insertRun: 'write',
  setRunState: 'write',
  setRunSettings: 'write',
  recordStep: 'write',
  returnToStep: 'write',
  stepsOf: 'read',
  totalsOf: 'read',
  lossesUpTo: 'read',
  checkpointsOf: 'read',
  forgetCheckpoints: 'write',
  milestonesOf: 'read',
  forgetMilestones: 'write',
  blobsInUse: 'read',
  optimizerStatesInUse: 'read',
  pendingEvaluations: 'read',
  rerouteOrders: 'write',
  recordEvaluation: 'write',
  evaluationsOf: 'read',
  orderFeatures: 'write',
  recordFeatures: 'write',
  featuresOf: 'read',
  listFloras: 'read',
  putFlora: 'write',
  publishModel: 'write',
  latestModel: 'read',
  recordCalibration: 'write',
  insertSession: 'write',
  hasSession: 'read',
  deleteSession: 'write',
  insertApiKey: 'write',
  listApiKeys: 'read',
  revokeApiKey: 'write',
  setApiUse: 'write',
  apiUsesOf: 'read',
  insertSubmission: 'write',
  listSubmissions: 'read',
  submission: 'read',
  countSubmissions: 'read',
  decideSubmission: 'write',
  decideSubmissions: 'write',
  deleteRejected: 'write',
  earliestRejection: 'read',
  submissionPhotosInUse: 'read',
  appendEvent: 'write',
  listEvents: 'read',
  close: 'write',
}

/** `unguarded`: promises nothing, what it gives is read bit by bit. */
const BLOB_ACCESS: Readonly<Record<keyof BlobStore, Access | 'unguarded'>> = {
  put: 'write',
  putStream: 'write',
  get: 'read',
  size: 'read',
  read: 'unguarded',
  delete: 'write',
  list: 'unguarded',
}

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

  return guarded(store, 'store', STORE_ACCESS, health, (call) =>
    late.size > 0 ? Promise.reject(overdue(LONGEST_STORE_CALL_MS)) : inTime(call()),
  )
}

export function guardBlobs(blobs: BlobStore, name: string, health: StorageHealth): BlobStore {
  return guarded(blobs, name, BLOB_ACCESS, health, (call) => call())
}

/** The port with its calls made through `make`, and what became of them noted. */
function guarded<T extends object>(
  port: T,
  name: string,
  accessOf: Readonly<Record<keyof T, Access | 'unguarded'>>,
  health: StorageHealth,
  make: (call: () => Promise<unknown>) => Promise<unknown>,
): T {
  return new Proxy(port, {
    get(target, method: string & keyof T) {
      const value = target[method]
      const access = accessOf[method]
      if (typeof value !== 'function' || access === 'unguarded') return value
      return (...args: unknown[]) => {
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
