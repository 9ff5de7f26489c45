/** A store whose database may end under it: the call that finds out fails, the next one opens it anew (DU3). */
import type { Store } from './store.ts'

export type Connection = { store: Store; isLost(): boolean }

/** `open` brings the database to its last durable state. Failed attempts cost memory: after some the process must end first. */
const ATTEMPTS = 3

export async function reopeningStore(open: () => Promise<Connection>): Promise<Store> {
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
    if (failed >= ATTEMPTS) throw new Error('the database cannot be opened again in this process')
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
