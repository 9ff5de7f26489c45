/** Names a plant: the probabilities that a checkpoint gives each species for a photo. For tabs, and for evaluation. */
import * as tf from '@tensorflow/tfjs-core'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { placeCentre } from './photo/augmentation.ts'
import type { Rgb } from './photo/rgb.ts'

export { bestOf, fuse, rankOf } from './ranking.ts'

export type Predictor = {
  /** One vector of probabilities, by species, for each photo. All of them are one batch: callers choose its size. */
  predict(photos: readonly Rgb[]): Promise<Float32Array[]>
  dispose(): void
}

/** Needs an open backend. Holds the weights on it until disposed of. */
export function createPredictor(model: {
  architecture: Architecture
  classes: number
  weights: Float32Array
}): Predictor {
  const { architecture, classes } = model
  const network = openInferenceNetwork(architecture, classes, model.weights)
  return {
    async predict(photos) {
      if (photos.length === 0) return []
      const images = centreCrops(photos, architecture.imageSize)
      const probabilities = network.probabilities(images)
      images.dispose()
      try {
        const values = (await probabilities.data()) as Float32Array
        return photos.map((_, index) => values.slice(index * classes, (index + 1) * classes))
      } finally {
        probabilities.dispose()
      }
    },
    dispose: () => network.dispose(),
  }
}

/** [photos, size, size, 3], which the caller owns. */
export function centreCrops(photos: readonly Rgb[], size: number): tf.Tensor4D {
  const length = size * size * 3
  const pixels = new Float32Array(photos.length * length)
  for (const [index, photo] of photos.entries()) {
    placeCentre(photo, size, pixels.subarray(index * length, (index + 1) * length))
  }
  return tf.tensor4d(pixels, [photos.length, size, size, 3])
}
