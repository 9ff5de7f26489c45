/**
 * What a network sees in photos: the pooled features that its head names species from, with running statistics and the
 * centre crop, as in an evaluation. A head can be trained on them without looking at the photos again (phase 1 of transfer
 * learning).
 */
import { encodeFloat16 } from '@worldflora/protocol/float16'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { decodedAt } from './photo/decoded-at.ts'
import { centreCrops } from './prediction.ts'

const BATCH = 32

/**
 * float16 [photos, features], little-endian. Batches are cut from the first photo on, so that a task has the same bits wherever
 * it is computed. Needs an open backend and decoder; throws on a photo that cannot be decoded.
 */
export async function extractFeatures({
  architecture,
  classes,
  weights,
  photos,
  onProgress,
}: {
  architecture: Architecture
  classes: number
  weights: Float32Array
  photos: readonly { jpeg: Uint8Array }[]
  onProgress?: (images: number) => void
}): Promise<Uint8Array<ArrayBuffer>> {
  const network = openInferenceNetwork(architecture, classes, weights)
  const parts: Uint8Array[] = []
  try {
    for (let start = 0; start < photos.length; start += BATCH) {
      const batch = photos.slice(start, start + BATCH)
      const images = centreCrops(
        batch.map(({ jpeg }, index) => decodedAt(jpeg, start + index)),
        architecture.imageSize,
      )
      const features = network.features(images)
      images.dispose()
      try {
        parts.push(encodeFloat16((await features.data()) as Float32Array))
      } finally {
        features.dispose()
      }
      onProgress?.(start + batch.length)
    }
  } finally {
    network.dispose()
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
