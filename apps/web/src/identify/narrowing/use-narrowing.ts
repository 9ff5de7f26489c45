/** What the person has said of the plant's list and place, as far as the model in use knows of such things. */
'use client'

import type { Point } from '@worldflora/protocol/places'
import { useMemo, useState } from 'react'
import type { ModelState } from '../use-identifier.ts'
import { type Narrowing, UNNARROWED } from './narrowing.ts'

export type PageNarrowing = {
  narrowing: Narrowing
  setChecklist(name: string | null): void
  setPlace(place: Point | null): void
  clear(): void
}

export function useNarrowing(model: ModelState): PageNarrowing {
  const [said, setSaid] = useState(UNNARROWED)
  const opened = model.kind === 'open' ? model.model : null
  const hasList = opened?.checklists.some(({ name }) => name === said.checklist) ?? false
  const hasPlaces = opened?.hasPlaces ?? false
  const narrowing = useMemo(
    () => ({ checklist: hasList ? said.checklist : null, place: hasPlaces ? said.place : null }),
    [said, hasList, hasPlaces],
  )
  return {
    narrowing,
    setChecklist: (checklist) => setSaid((before) => ({ ...before, checklist })),
    setPlace: (place) => setSaid((before) => ({ ...before, place })),
    clear: () => setSaid(UNNARROWED),
  }
}
