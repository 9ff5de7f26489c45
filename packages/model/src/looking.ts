/** Features and logits of photos in one pass, many at once: for what is fitted on them. */
import * as tf from '@tensorflow/tfjs-core'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { featureCount } from './parameters.ts'
import { placeCentre } from './photo/augmentation.ts'
import { decodedAt } from './photo/decoded-at.ts'
import { writeRows } from './rows.ts'

export type LookingNetwork = {
  features: number
  classes: number
  /** Of the centre crops: [photos, features] and [photos, classes]. Throws on a photo that cannot be decoded. */
  look(photos: readonly { jpeg: Uint8Array }[]): { features: Float32Array; logits: Float32Array }
  dispose(): void
}

/** Needs an open backend and decoder. */
export function openLookingNetwork(model: {
  architecture: Architecture
  classes: number
  weights: Float32Array
}): LookingNetwork {
  const { architecture, classes, weights } = model
  const { imageSize } = architecture
  const network = openInferenceNetwork(architecture, classes, weights)
  return {
    features: featureCount(architecture),
    classes,
    look(photos) {
      const pixels = writeRows(photos.length, imageSize * imageSize * 3, (index, own) =>
        placeCentre(decodedAt(photos[index]!.jpeg, index), imageSize, own),
      )
      return tf.tidy(() => {
        const { features, logits } = network.looks(
          tf.tensor4d(pixels, [photos.length, imageSize, imageSize, 3]),
        )
        return { features: features.dataSync() as Float32Array, logits: logits.dataSync() as Float32Array }
      })
    },
    dispose: () => network.dispose(),
  }
}
