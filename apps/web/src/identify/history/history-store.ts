/** Where the sheets of this device are kept. Every tab of the site has the same ones. */
import type { Sheet, SheetId } from './sheet.ts'

/**
 * `unavailable`: the browser keeps nothing for this site. `newer`: a newer version of this page keeps it in another way. `full`: there is no
 * room on the device. `failed`: anything else.
 */
export type HistoryFault = {
  kind: 'history-fault'
  code: 'unavailable' | 'newer' | 'full' | 'failed'
}

export function isFault(outcome: unknown): outcome is HistoryFault {
  return (outcome as { kind?: unknown } | null)?.kind === 'history-fault'
}

export type Shelf = {
  /** Newest first. */
  sheets: Sheet[]
  /** How many are kept, with those that are not among `sheets`. */
  total: number
  /** How many were met that cannot be read: they are passed over. */
  damaged: number
  /** Whether there are older ones. */
  isMore: boolean
}

export type HistoryStore = {
  newest(most: number): Promise<Shelf | HistoryFault>
  put(sheet: Sheet): Promise<null | HistoryFault>
  /** Only if it is still there: what was deleted stays deleted. */
  update(sheet: Sheet): Promise<null | HistoryFault>
  delete(id: SheetId): Promise<null | HistoryFault>
  deleteAll(): Promise<null | HistoryFault>
  /** Newest first, one at a time: all of them together may be large. */
  visitAll(visit: (sheet: Sheet) => void): Promise<null | HistoryFault>
  /** Calls back whenever this tab or another one has changed something. Returns how to end that. */
  onChange(listener: () => void): () => void
  close(): void
}
