/** The bytes that a published model is identified with, from its blobs: those that tabs fetch. */
import { partsOf, placesIn, type WeightsForm } from '@worldflora/model/published-weights'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { BlobStore } from '../store/blob-store.ts'

/** In memory that threads can share. */
export type SharedWeights = { form: WeightsForm; bytes: SharedArrayBuffer }

/** null: one of them is missing or damaged. */
export async function weightsOfModel(
  blobs: Pick<BlobStore, 'get'>,
  model: Pick<PublishedModel, 'compact' | 'weights'>,
): Promise<SharedWeights | null> {
  const { form, parts, bytes } = partsOf(model)
  const weights = new SharedArrayBuffer(bytes)
  for (const { blob, into } of placesIn(new Uint8Array(weights), parts)) {
    const part = await blobs.get(blob)
    if (part?.byteLength !== into.byteLength) return null
    into.set(part)
  }
  return { form, bytes: weights }
}
