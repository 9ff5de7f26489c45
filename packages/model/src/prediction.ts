/** Names a plant: the scores that a checkpoint gives each species for a photo, and what its calibration adds. For tabs, server and evaluation. */
import * as tf from '@tensorflow/tfjs-core'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { linearScore, type ModelHeads } from './calibration/heads.ts'
import { plantScoreOf } from './calibration/plant.ts'
import { softmax } from './calibration/softmax.ts'
import { type CropCount, placeCrops } from './photo/crops.ts'
import type { Rgb } from './photo/rgb.ts'
import { fuse } from './ranking.ts'
import { writeRows } from './rows.ts'

export { bestOf, fuse, rankOf } from './ranking.ts'

/** What one photo shows. */
export type Look = {
  /** A probability for each species. */
  scores: Float32Array<ArrayBuffer>
  /** Below the calibration's threshold there is no plant; null where the model has no check. */
  plant: number | null
  /** A probability for each organ of the calibration; empty where it knows none. */
  organs: Float32Array<ArrayBuffer>
}

export type Predictor = {
  /** One vector of probabilities, by species, for each photo. All of them are one batch: callers choose its size. */
  predict(photos: readonly Rgb[]): Promise<Float32Array[]>
  /** The same, with what the model's checks say. */
  look(photos: readonly Rgb[]): Promise<Look[]>
  dispose(): void
}

export type PredictedModel = {
  architecture: Architecture
  classes: number
  weights: Float32Array
  /** How many parts of each photo are looked at; their answers are fused. */
  crops?: CropCount | undefined
  /** Of its calibration; null: the model's own scores. */
  temperature?: number | null | undefined
  heads?: ModelHeads | undefined
}

/** Needs an open backend. Holds the weights on it until disposed of. */
export function createPredictor(model: PredictedModel): Predictor {
  const { architecture, classes, crops = 1, temperature, heads } = model
  const network = openInferenceNetwork(architecture, classes, model.weights)

  async function look(photos: readonly Rgb[]): Promise<Look[]> {
    if (photos.length === 0) return []
    const images = cropsOf(photos, architecture.imageSize, crops)
    const { features, logits } = network.looks(images)
    images.dispose()
    try {
      const [seen, said] = await Promise.all([features.data(), logits.data()])
      const width = seen.length / (photos.length * crops)
      const lookAt = (image: number): Look => {
        const own = seen.subarray(image * width, (image + 1) * width)
        return {
          scores: softmax(said.subarray(image * classes, (image + 1) * classes), temperature ?? 1),
          plant: heads?.plant ? linearScore(heads.plant, own) : null,
          organs: heads?.organs.length ? softmax(heads.organs.map((head) => linearScore(head, own))) : NONE,
        }
      }
      return photos.map((_, photo) =>
        fused(Array.from({ length: crops }, (_, crop) => lookAt(photo * crops + crop))),
      )
    } finally {
      tf.dispose([features, logits])
    }
  }

  return {
    look,
    predict: async (photos) => (await look(photos)).map(({ scores }) => scores),
    dispose: () => network.dispose(),
  }
}

const NONE = new Float32Array(0)

/** Several crops of one photo: a plant in one of them is a plant. */
function fused(looks: readonly Look[]): Look {
  const [first] = looks
  if (looks.length === 1) return first!
  return {
    scores: fuse(looks.map(({ scores }) => scores)),
    plant: plantScoreOf(looks),
    organs: first!.organs.length === 0 ? NONE : fuse(looks.map(({ organs }) => organs)),
  }
}

/** [photos x crops, size, size, 3]. */
function cropsOf(photos: readonly Rgb[], size: number, crops: CropCount): tf.Tensor4D {
  const pixels = writeRows(photos.length, crops * size * size * 3, (index, own) =>
    placeCrops(photos[index]!, size, crops, own),
  )
  return tf.tensor4d(pixels, [photos.length * crops, size, size, 3])
}
