import * as tf from '@tensorflow/tfjs-core'
import { decodeFloat16 } from '@worldflora/protocol/float16'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { evaluatePhotos } from '../src/evaluation.ts'
import { extractFeatures } from '../src/features.ts'
import { featureCount, initialWeights, parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { drawTask, SMALL_CNN } from './test-run.ts'

const CLASSES = 8
const weights = initialWeights(SMALL_CNN, CLASSES, 5)
const dims = featureCount(SMALL_CNN)

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

/** The last two tensors in the network's order are the head's. */
function headProbability(features: Float32Array, species: number): number {
  const { entries } = layoutOf(parameterSpecs(SMALL_CNN, CLASSES))
  const head = entries.find(({ spec }) => spec.shape[0] === dims && spec.shape[1] === CLASSES)!
  const bias = entries.findLast(({ spec }) => spec.role === 'trainable' && spec.shape[0] === CLASSES)!
  const [matrix, offsets] = [valuesOf(head, weights), valuesOf(bias, weights)]
  const logits = Array.from({ length: CLASSES }, (_, c) =>
    features.reduce((sum, value, i) => sum + value * matrix[i * CLASSES + c]!, offsets[c]!),
  )
  const exps = logits.map((logit) => Math.exp(logit))
  return exps[species]! / exps.reduce((sum, value) => sum + value, 0)
}

describe('features', () => {
  test('FE1: are what the head names species from: over batch borders, in order, and nothing is left behind', async () => {
    const drawn = await drawTask(35, CLASSES)
    const photos = drawn.map(({ jpeg, species }, i) => ({ jpeg, species, observation: `plant-${i}` }))
    const model = { architecture: SMALL_CNN, classes: CLASSES, weights, photos }
    const before = tf.memory().numTensors
    const progress: number[] = []
    const oneView = { views: 1, augmentation: { crop: false, flip: false, color: 0 }, seed: 1, task: 0 }
    const bytes = await extractFeatures({
      ...model,
      ...oneView,
      onProgress: (images) => progress.push(images),
    })
    expect(tf.memory().numTensors).toBe(before)
    expect(progress).toEqual([32, 35])
    expect(bytes.byteLength).toBe(35 * dims * 2)
    const features = decodeFloat16(bytes)
    const rows = (await evaluatePhotos(model)).photos
    for (const [i, { species, probability }] of rows.entries()) {
      const own = features.subarray(i * dims, (i + 1) * dims)
      // Halves are right to one part in two thousand.
      expect(Math.abs(headProbability(own, species) - probability)).toBeLessThan(0.005)
    }
  })
})
