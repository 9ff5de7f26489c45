/** A store whose database may end under it: the call that finds out fails, the next one opens it anew (DU3). */
import { reject } from '@worldflora/protocol/rejection'
import { StorageFault } from './storage-fault.ts'
import type { Store } from './store.ts'

export type Connection = { store: Store; isLost(): boolean }

export type Opening = {
  /** Throws while opening would be in vain; asked before each attempt, as often as there are calls. */
  checkRoom?(): Promise<void>
  /** Brings the database to its last durable state. */
  open(): Promise<Connection>
}

/** One after the other. A failed one costs memory that is not given back: after some the process must end first. */
const ATTEMPTS = 3

export async function reopeningStore({ open, checkRoom = async () => {} }: Opening): Promise<Store> {
  await checkRoom()
  let connection = await open()
  let failed = 0
  let opening: Promise<Connection> | null = null

  async function living(): Promise<Store> {
    if (!connection.isLost()) return connection.store
    opening ??= reopen().finally(() => {
      opening = null
    })
    return (await opening).store
  }

  async function reopen(): Promise<Connection> {
    if (failed >= ATTEMPTS) throw beyondReopening()
    await checkRoom()
    try {
      connection = await open()
      failed = 0
      return connection
    } catch (error) {
      failed++
      throw error
    }
  }

  const methods = Object.keys(connection.store) as (keyof Store)[]
  const forward =
    (method: keyof Store) =>
    async (...args: unknown[]) => {
      if (method === 'close' && connection.isLost()) return
      const store = await living()
      return (store[method] as (...args: unknown[]) => Promise<unknown>)(...args)
    }
  return Object.fromEntries(methods.map((method) => [method, forward(method)])) as unknown as Store
}

function beyondReopening(): StorageFault {
  const rejection = reject(
    'store-unavailable',
    'The database has ended, and cannot be opened again.',
    'Start the coordinator anew: its log says why, and it goes on where it was.',
  )
  return new StorageFault(rejection, new Error('the database was opened in vain too often'))
}
