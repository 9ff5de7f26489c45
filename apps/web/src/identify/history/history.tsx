/** What was identified on this device: keeps each answer, and shows the shelf of them. */
'use client'

import type { PlantPhoto } from '../plant-photos.ts'
import type { ModelState } from '../use-identifier.ts'
import type { NamingState } from '../use-naming.ts'
import { HistorySection } from './history-section.tsx'
import { useKeeping } from './use-keeping.ts'
import { useSheetKeeper } from './use-sheet-keeper.ts'
import { useHistoryStore, useShelf } from './use-shelf.ts'

type Asked = { photos: readonly PlantPhoto[]; state: NamingState; model: ModelState }

export function History(asked: Asked) {
  const store = useHistoryStore()
  const keeping = useKeeping()
  const { state, more } = useShelf(store)
  const fault = useSheetKeeper(asked, store, keeping.isOn === true)
  // Not before it is known: nothing jumps, and nothing is said that is taken back.
  if (store === null || keeping.isOn === null || state.kind === 'opening') return null
  return <HistorySection store={store} state={state} fault={fault} keeping={keeping} onMore={more} />
}
