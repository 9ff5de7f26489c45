/**
 * What comes with a model besides its weights, and is done without where it cannot be had: the heads of its calibration, and where its
 * species have been met.
 */

import type { Hash } from '@worldflora/protocol/ids'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { fetchBlob } from './fetch-blob.ts'
import type { Shelf } from './shelf.ts'

export type Extras = { heads: Uint8Array | null; places: Uint8Array | null }

type BlobRef = { blob: Hash; bytes: number }
type ReadBlob = (ref: BlobRef) => Promise<Uint8Array | null>

export function keptExtras(shelf: Shelf, model: PublishedModel): Promise<Extras> {
  return extrasOf(model, ({ blob }) => shelf.blob(blob))
}

export function fetchExtras(shelf: Shelf, model: PublishedModel): Promise<Extras> {
  return extrasOf(model, async ({ blob, bytes }) => {
    const kept = await shelf.blob(blob)
    if (kept !== null) return kept
    const into = new Uint8Array(bytes)
    const fault = await fetchBlob({ blob, into, isKeptElsewhere: shelf.exists, onBytes: () => {} })
    if (fault !== null) return null
    await shelf.put(blob, into)
    return into
  })
}

async function extrasOf({ calibration, places }: PublishedModel, read: ReadBlob): Promise<Extras> {
  const heads = calibration?.heads
  return { heads: heads ? await read(heads) : null, places: places ? await read(places) : null }
}
