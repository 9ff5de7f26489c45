/** The heads of a model's calibration: a few kilobytes, and done without where they cannot be had. */
import type { PublishedModel } from '@worldflora/protocol/http'
import { fetchBlob } from './fetch-blob.ts'
import type { Shelf } from './shelf.ts'

export async function keptHeads(
  shelf: Shelf,
  { calibration }: PublishedModel,
): Promise<Uint8Array<ArrayBuffer> | null> {
  return calibration?.heads ? shelf.blob(calibration.heads.blob) : null
}

export async function fetchHeads(
  shelf: Shelf,
  model: PublishedModel,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const heads = model.calibration?.heads
  if (!heads) return null
  const kept = await keptHeads(shelf, model)
  if (kept !== null) return kept
  const into = new Uint8Array(heads.bytes)
  const fault = await fetchBlob({ blob: heads.blob, into, isKeptElsewhere: shelf.exists, onBytes: () => {} })
  if (fault !== null) return null
  await shelf.put(heads.blob, into)
  return into
}
