/** The history in IndexedDB. A failure of the browser is a fault, told as a value: naming never depends on it. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { HistoryFault, HistoryStore, Shelf } from './history-store.ts'
import { parseSheet, type Sheet } from './sheet.ts'

const NAME = 'worldflora-history'

interface HistorySchema extends DBSchema {
  /** A record is a sheet, if it is whole. */
  sheets: { key: string; value: object; indexes: { begunAtMs: number } }
}
type Database = IDBPDatabase<HistorySchema>

/** The nth leads from version n - 1 to n. One that was released never changes; a change of the records' shape is a further one. */
const UPGRADES: readonly ((database: Database) => void)[] = [
  (database) => {
    database.createObjectStore('sheets', { keyPath: 'id' }).createIndex('begunAtMs', 'begunAtMs')
  },
]

export function openHistory(): HistoryStore {
  let opening: Promise<Database> | null = null
  let isClosed = false
  const listeners = new Set<() => void>()
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME)
  const tell = () => {
    for (const listener of listeners) listener()
  }
  channel?.addEventListener('message', tell)

  const leave = () => {
    void opening?.then((database) => database.close()).catch(() => {})
    opening = null
  }

  function open(): Promise<Database> {
    opening ??= openDB<HistorySchema>(NAME, UPGRADES.length, {
      upgrade(database, before) {
        for (const upgrade of UPGRADES.slice(before)) upgrade(database)
      },
      // Another tab brings a newer version, or the browser clears the site: neither waits for this tab.
      blocking() {
        leave()
        tell()
      },
      terminated() {
        opening = null
        tell()
      },
    })
    return opening
  }

  async function attempt<T>(work: (database: Database) => Promise<T>): Promise<T | HistoryFault> {
    let database: Database
    try {
      database = await open()
    } catch (error) {
      opening = null
      return fault(nameOf(error) === 'VersionError' ? 'newer' : 'unavailable')
    }
    try {
      return await work(database)
    } catch (error) {
      return fault(nameOf(error) === 'QuotaExceededError' ? 'full' : 'failed')
    } finally {
      if (isClosed) leave()
    }
  }

  async function change(work: (database: Database) => Promise<unknown>): Promise<null | HistoryFault> {
    const outcome = await attempt(async (database) => {
      await work(database)
      return null
    })
    if (outcome === null) {
      if (!isClosed) channel?.postMessage('changed')
      tell()
    }
    return outcome
  }

  return {
    newest: (most) => attempt((database) => newest(database, most)),
    put: (sheet) => change((database) => database.put('sheets', sheet)),
    update: (sheet) =>
      change(async (database) => {
        const transaction = database.transaction('sheets', 'readwrite')
        const isThere = (await transaction.store.getKey(sheet.id)) !== undefined
        await Promise.all([isThere ? transaction.store.put(sheet) : null, transaction.done])
      }),
    delete: (id) => change((database) => database.delete('sheets', id)),
    deleteAll: () => change((database) => database.clear('sheets')),
    visitAll: (visit) =>
      attempt(async (database) => {
        for (const key of await keysNewestFirst(database)) {
          const sheet = parseSheet(await database.get('sheets', key))
          if (sheet !== null) visit(sheet)
        }
        return null
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      listeners.clear()
      channel?.close()
      leave()
    },
  }
}

async function newest(database: Database, most: number): Promise<Shelf> {
  const { store } = database.transaction('sheets')
  const keys = (await store.index('begunAtMs').getAllKeys()).reverse()
  const sheets: Sheet[] = []
  let seen = 0
  for (; seen < keys.length && sheets.length < most; seen++) {
    const sheet = parseSheet(await store.get(keys[seen]!))
    if (sheet !== null) sheets.push(sheet)
  }
  return { sheets, total: keys.length, damaged: seen - sheets.length, isMore: seen < keys.length }
}

async function keysNewestFirst(database: Database): Promise<string[]> {
  return (await database.getAllKeysFromIndex('sheets', 'begunAtMs')).reverse()
}

function fault(code: HistoryFault['code']): HistoryFault {
  return { kind: 'history-fault', code }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}
