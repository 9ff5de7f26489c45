/**
 * What a network sees in photos: the pooled features that its head names species from, with running statistics. A head can be
 * trained on them without looking at the photos again (phase 1 of transfer learning).
 */

import * as tf from '@tensorflow/tfjs-core'
import { encodeFloat16 } from '@worldflora/protocol/float16'
import { RandomStream } from '@worldflora/protocol/random'
import type { Architecture, Augmentation } from '@worldflora/protocol/run-config'
import { type InferenceNetwork, openInferenceNetwork } from './architecture/inference-network.ts'
import { placeAugmented, placeCentre } from './photo/augmentation.ts'
import { decodedAt } from './photo/decoded-at.ts'
import type { Rgb } from './photo/rgb.ts'

const BATCH = 32

export type FeaturesWork = {
  architecture: Architecture
  classes: number
  weights: Float32Array
  photos: readonly { jpeg: Uint8Array }[]
  /** The first is the centre crop, as in an evaluation; the others are augmented. */
  views: number
  augmentation: Augmentation
  seed: number
  task: number
  /** Called after each batch with the number of photos done so far. */
  onProgress?: (images: number) => void
}

/**
 * float16 [views, photos, features], little-endian: a pure function of weights, photos and the task's place (SD1). Batches are
 * cut from the first photo on, so that a task has the same bits wherever it is computed. Needs an open backend and decoder; throws on
 * a photo that cannot be decoded.
 */
export async function extractFeatures(work: FeaturesWork): Promise<Uint8Array<ArrayBuffer>> {
  const { architecture, classes, weights, photos, views, onProgress } = work
  const network = openInferenceNetwork(architecture, classes, weights)
  const ofViews: Uint8Array[][] = Array.from({ length: views }, () => [])
  try {
    for (let start = 0; start < photos.length; start += BATCH) {
      const batch = photos
        .slice(start, start + BATCH)
        .map(({ jpeg }, index) => decodedAt(jpeg, start + index))
      for (const [view, parts] of ofViews.entries()) {
        const pixels = pixelsOf(batch, view, start, work)
        parts.push(encodeFloat16(await featuresOf(network, pixels, batch.length, architecture.imageSize)))
      }
      onProgress?.(start + batch.length)
    }
  } finally {
    network.dispose()
  }
  return joined(ofViews.flat())
}

/** [batch, size, size, 3]. `start` is the first photo's place in the task. */
function pixelsOf(
  batch: readonly Rgb[],
  view: number,
  start: number,
  { architecture: { imageSize }, augmentation, seed, task }: FeaturesWork,
): Float32Array {
  const length = imageSize * imageSize * 3
  const pixels = new Float32Array(batch.length * length)
  for (const [index, photo] of batch.entries()) {
    const out = pixels.subarray(index * length, (index + 1) * length)
    const random = new RandomStream(seed, 'augmentView', task, view, start + index)
    if (view === 0) placeCentre(photo, imageSize, out)
    else placeAugmented(photo, imageSize, augmentation, random, out)
  }
  return pixels
}

async function featuresOf(
  network: InferenceNetwork,
  pixels: Float32Array,
  photos: number,
  size: number,
): Promise<Float32Array> {
  const features = tf.tidy(() => network.features(tf.tensor4d(pixels, [photos, size, size, 3])))
  try {
    return (await features.data()) as Float32Array
  } finally {
    features.dispose()
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
