/** What is wrong with the disk and the database right now, for the log and for /api/status. */
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Logger } from 'pino'
import type { StorageFault } from './storage-fault.ts'

/** A read that works says nothing about writing: a full disk is read without trouble. */
export type Access = 'read' | 'write'

export class StorageHealth {
  readonly #log: Logger
  /** The latest fault of each port, by what was tried. */
  readonly #faults = new Map<string, Rejection>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** What failed last and has not worked since; null when all is well. */
  get trouble(): Rejection | null {
    return [...this.#faults.values()].at(-1) ?? null
  }

  noteFault(port: string, access: Access, fault: StorageFault): void {
    const isNews = this.#faults.get(`${port} ${access}`)?.message !== fault.rejection.message
    this.#faults.delete(`${port} ${access}`)
    this.#faults.set(`${port} ${access}`, fault.rejection)
    if (isNews) this.#log.error({ err: fault.cause, port, access }, fault.words)
  }

  noteSuccess(port: string, access: Access): void {
    const gone = [this.#faults.delete(`${port} read`)]
    if (access === 'write') gone.push(this.#faults.delete(`${port} write`))
    if (gone.includes(true)) this.#log.warn({ port, access }, 'the data folder works again')
  }
}
