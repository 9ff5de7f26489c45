/** The newest sheets of this device as the page's state: read again whenever this tab or another one changes them. */
'use client'

import { useCallback, useEffect, useState } from 'react'
import { openHistory } from './history-store.idb.ts'
import { type HistoryFault, type HistoryStore, isFault, type Shelf } from './history-store.ts'
import type { Sheet } from './sheet.ts'

export type ShelfState =
  | { kind: 'opening' }
  | { kind: 'open'; shelf: Shelf }
  | { kind: 'refused'; fault: HistoryFault }

const AT_A_TIME = 24

export function useHistoryStore(): HistoryStore | null {
  const [store, setStore] = useState<HistoryStore | null>(null)
  useEffect(() => {
    const own = openHistory()
    setStore(own)
    return () => own.close()
  }, [])
  return store
}

export function useShelf(store: HistoryStore | null): { state: ShelfState; more(): void } {
  const [state, setState] = useState<ShelfState>({ kind: 'opening' })
  const [most, setMost] = useState(AT_A_TIME)
  useEffect(() => {
    if (store === null) return
    let current = true
    let latest = 0
    const read = async () => {
      const nth = ++latest
      const outcome = await store.newest(most)
      if (!current || nth !== latest) return
      if (isFault(outcome)) setState({ kind: 'refused', fault: outcome })
      else setState((before) => ({ kind: 'open', shelf: withKnown(outcome, before) }))
    }
    void read()
    const end = store.onChange(() => void read())
    return () => {
      current = false
      end()
    }
  }, [store, most])
  const more = useCallback(() => setMost((before) => before + AT_A_TIME), [])
  return { state, more }
}

/** A sheet that has not changed stays the same object, so its pictures need not be shown anew. */
function withKnown(shelf: Shelf, before: ShelfState): Shelf {
  if (before.kind !== 'open') return shelf
  const known = new Map<string, Sheet>(before.shelf.sheets.map((sheet) => [sheet.id, sheet]))
  const sheets = shelf.sheets.map((sheet) => {
    const old = known.get(sheet.id)
    return old?.changedAtMs === sheet.changedAtMs ? old : sheet
  })
  return { ...shelf, sheets }
}
