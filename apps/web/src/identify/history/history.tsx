/** What was identified on this device: keeps each answer, and shows the shelf of them. */
'use client'

import { HistorySection } from './history-section.tsx'
import type { Keeping } from './use-keeping.ts'
import { type Asked, useSheetKeeper } from './use-sheet-keeper.ts'
import { useHistoryStore, useShelf } from './use-shelf.ts'

export function History({ keeping, ...asked }: Asked & { keeping: Keeping }) {
  const store = useHistoryStore()
  const { state, more } = useShelf(store)
  const fault = useSheetKeeper(asked, store, keeping.isOn === true)
  // Not before it is known: nothing jumps, and nothing is said that is taken back.
  if (store === null || keeping.isOn === null || state.kind === 'opening') return null
  return <HistorySection store={store} state={state} fault={fault} keeping={keeping} onMore={more} />
}
