/** Features and logits of photos in one pass, many at once: for what is fitted on them. */
import * as tf from '@tensorflow/tfjs-core'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import type { Rows } from './calibration/fit/rows.ts'
import { featureCount } from './parameters.ts'
import { placeCentre } from './photo/augmentation.ts'
import { decodedAt } from './photo/decoded-at.ts'
import { writeRows } from './rows.ts'

/** Of photos at a time. */
const BATCH = 32

export type LookingNetwork = {
  /**
   * Of the centre crops. `logits` are asked for or not kept, for with very many species they fill memory. Throws on a photo that cannot be
   * decoded.
   */
  look(photos: readonly { jpeg: Uint8Array }[], wish?: { logits: boolean }): { features: Rows; logits: Rows }
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

  function lookAt(photos: readonly { jpeg: Uint8Array }[]) {
    const pixels = writeRows(photos.length, imageSize * imageSize * 3, (index, own) =>
      placeCentre(decodedAt(photos[index]!.jpeg, index), imageSize, own),
    )
    return tf.tidy(() => {
      const { features, logits } = network.looks(
        tf.tensor4d(pixels, [photos.length, imageSize, imageSize, 3]),
      )
      return { features: features.dataSync() as Float32Array, logits: logits.dataSync() as Float32Array }
    })
  }

  return {
    look(photos, wish = { logits: false }) {
      const features = emptyRows(photos.length, featureCount(architecture))
      const logits = emptyRows(wish.logits ? photos.length : 0, classes)
      for (let start = 0; start < photos.length; start += BATCH) {
        const looks = lookAt(photos.slice(start, start + BATCH))
        features.values.set(looks.features, start * features.width)
        if (wish.logits) logits.values.set(looks.logits, start * classes)
      }
      return { features, logits }
    },
    dispose: () => network.dispose(),
  }
}

function emptyRows(count: number, width: number): Rows {
  return { count, width, values: new Float32Array(count * width) }
}
