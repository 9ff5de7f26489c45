/**
 * What a network sees in photos: the pooled features that its head names species from, with running statistics. A head can be
 * trained on them without looking at the photos again (phase 1 of transfer learning).
 */

import * as tf from '@tensorflow/tfjs-core'
import { encodeFloat16 } from '@worldflora/protocol/float16'
import { RandomStream } from '@worldflora/protocol/random'
import type { Architecture, Augmentation } from '@worldflora/protocol/run-config'
import { type InferenceNetwork, openInferenceNetwork } from './architecture/inference-network.ts'
import { featureCount } from './parameters.ts'
import { placeAugmented, placeCentre } from './photo/augmentation.ts'
import { decodedAt } from './photo/decoded-at.ts'
import type { Rgb } from './photo/rgb.ts'
import { writeRows } from './rows.ts'

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
  /** Called with each batch that is given to the device, with the number of photos so far. */
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
  const dims = featureCount(architecture)
  const values = new Float32Array(views * photos.length * dims)
  /** Of the pixels before: they come back from a GPU while the next ones are drawn. */
  let reading = Promise.resolve()
  try {
    for (let start = 0; start < photos.length; start += BATCH) {
      const batch = photos
        .slice(start, start + BATCH)
        .map(({ jpeg }, index) => decodedAt(jpeg, start + index))
      for (let view = 0; view < views; view++) {
        const pixels = pixelsOf(batch, view, start, work)
        const features = featuresOf(network, pixels, batch.length, architecture.imageSize)
        const before = reading
        reading = readInto(values, (view * photos.length + start) * dims, features)
        await before
      }
      onProgress?.(start + batch.length)
    }
    await reading
  } finally {
    await reading.catch(() => {})
    network.dispose()
  }
  return encodeFloat16(values)
}

/** [batch, size, size, 3]. `start` is the first photo's place in the task. */
function pixelsOf(
  batch: readonly Rgb[],
  view: number,
  start: number,
  { architecture: { imageSize }, augmentation, seed, task }: FeaturesWork,
): Float32Array {
  return writeRows(batch.length, imageSize * imageSize * 3, (index, out) => {
    if (view === 0) return placeCentre(batch[index]!, imageSize, out)
    const random = new RandomStream(seed, 'augmentView', task, view, start + index)
    placeAugmented(batch[index]!, imageSize, augmentation, random, out)
  })
}

/** [photos, features]; the caller owns it. */
function featuresOf(
  network: InferenceNetwork,
  pixels: Float32Array,
  photos: number,
  size: number,
): tf.Tensor2D {
  return tf.tidy(() => network.features(tf.tensor4d(pixels, [photos, size, size, 3])))
}

async function readInto(values: Float32Array, start: number, features: tf.Tensor2D): Promise<void> {
  try {
    values.set((await features.data()) as Float32Array, start)
  } finally {
    features.dispose()
  }
}
