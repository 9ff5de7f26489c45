/** Names a plant: the probabilities that a checkpoint gives each species for a photo. For tabs, and for evaluation. */
import * as tf from '@tensorflow/tfjs-core'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { type CropCount, placeCrops } from './photo/crops.ts'
import type { Rgb } from './photo/rgb.ts'
import { fuse } from './ranking.ts'
import { writeRows } from './rows.ts'

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
  /** How many parts of each photo are looked at; their answers are fused. */
  crops?: CropCount | undefined
}): Predictor {
  const { architecture, classes, crops = 1 } = model
  const network = openInferenceNetwork(architecture, classes, model.weights)
  return {
    async predict(photos) {
      if (photos.length === 0) return []
      const images = cropsOf(photos, architecture.imageSize, crops)
      const probabilities = network.probabilities(images)
      images.dispose()
      try {
        const values = (await probabilities.data()) as Float32Array
        const answer = (image: number) => values.slice(image * classes, (image + 1) * classes)
        if (crops === 1) return photos.map((_, photo) => answer(photo))
        return photos.map((_, photo) =>
          fuse(Array.from({ length: crops }, (_, crop) => answer(photo * crops + crop))),
        )
      } finally {
        probabilities.dispose()
      }
    },
    dispose: () => network.dispose(),
  }
}

/** [photos x crops, size, size, 3]. */
function cropsOf(photos: readonly Rgb[], size: number, crops: CropCount): tf.Tensor4D {
  const pixels = writeRows(photos.length, crops * size * size * 3, (index, own) =>
    placeCrops(photos[index]!, size, crops, own),
  )
  return tf.tensor4d(pixels, [photos.length * crops, size, size, 3])
}
