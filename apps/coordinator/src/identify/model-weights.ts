/** The bytes that a published model is identified with, from its blobs: those that tabs fetch. */
import { partsOf, type WeightsForm } from '@worldflora/model/published-weights'
import type { PublishedModel } from '@worldflora/protocol/http'
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
  const all = new Uint8Array(weights)
  let start = 0
  for (const { blob, bytes } of parts) {
    const part = await blobs.get(blob)
    if (part?.byteLength !== bytes) return null
    all.set(part, start)
    start += bytes
  }
  return { form, bytes: weights }
}
