/**
 * Keeps each answer. A plant is one sheet however its photos change; once no photo of it is left the next one begins, for what is asked
 * about then may be another plant.
 */
'use client'

import { useEffect, useRef, useState } from 'react'
import { useLanguage } from '../../languages/use-texts.ts'
import type { Said } from '../feedback/said.ts'
import { organsOf, type PlantPhoto } from '../plant-photos.ts'
import type { ModelState } from '../use-identifier.ts'
import type { NamingState } from '../use-naming.ts'
import { type HistoryFault, type HistoryStore, isFault } from './history-store.ts'
import type { SheetId } from './sheet.ts'
import { type Plant, sheetOf } from './sheet-of-answer.ts'
import { openThumbnails, type Thumbnails } from './thumbnails.ts'

export type Asked = {
  photos: readonly PlantPhoto[]
  state: NamingState
  model: ModelState
  said: Said | null
}

/** Why the latest answer could not be kept; null if it was. */
export function useSheetKeeper(
  { photos, state, model, said }: Asked,
  store: HistoryStore | null,
  isKeeping: boolean,
): HistoryFault | null {
  const language = useLanguage()
  const [fault, setFault] = useState<HistoryFault | null>(null)
  const plant = useRef<(Plant & { isKept: boolean }) | null>(null)
  const thumbnails = useRef<Thumbnails | null>(null)
  /** One after the other, so that the latest answer has the last word. */
  const writing = useRef<Promise<void>>(Promise.resolve())
  const wanted = useRef(isKeeping)
  wanted.current = isKeeping

  const isEmpty = photos.length === 0
  useEffect(() => {
    if (isEmpty) plant.current = null
  }, [isEmpty])

  useEffect(
    () => () => {
      wanted.current = false
      thumbnails.current?.close()
      thumbnails.current = null
    },
    [],
  )

  const named = state.kind === 'named' ? state : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer comes with the model that gave it
  useEffect(() => {
    if (named === null || store === null || !isKeeping || model.kind !== 'open') return
    const nowMs = Date.now()
    plant.current ??= { id: newSheetId(), begunAtMs: nowMs, isKept: false }
    const own = plant.current
    const { id, flora } = model.model
    const organs = organsOf(photos, named.answer)
    const keep = async () => {
      await untilIdle()
      if (!wanted.current) return
      thumbnails.current ??= openThumbnails()
      const jpegs = photos.map(({ file }) => thumbnails.current!.of(file))
      const kept = (await Promise.all(jpegs)).map((jpeg, i) => ({ jpeg, organ: organs[i] ?? null }))
      if (!wanted.current) return
      const sheet = sheetOf({
        plant: own,
        answer: named.answer,
        photos: kept,
        model: { id, flora },
        said,
        language,
        nowMs,
      })
      const outcome = await (own.isKept ? store.update(sheet) : store.put(sheet))
      if (!isFault(outcome)) own.isKept = true
      setFault(outcome)
    }
    writing.current = writing.current.then(keep)
    // Without a new answer photos change where somebody says what one shows, and `said` where they say what the plant is.
  }, [named, photos, store, isKeeping, said])

  return fault
}

/** The answer is shown first. Safari has no idle callbacks. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 1000 })
    else setTimeout(resolve, 0)
  })
}

/** Pages over plain http have no randomUUID. */
function newSheetId(): SheetId {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') as SheetId
}
