import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient } from '../src/gradient.ts'
import { initialWeights } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { type LabelledSample, logitAdjustment, trainingLoss } from '../src/training-loss.ts'
import { drawTask, SMALL_CNN, testRun } from './test-run.ts'

const NOISE = { name: 'generalised-cross-entropy', q: 0.7 }
const LOGITS = [
  [4, 0, 0],
  [4, 0, 0],
]

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

function lossAndGradient(
  fields: Record<string, unknown>,
  samples: LabelledSample[],
  adjustment: Float32Array | null = null,
) {
  const config = testRun(fields)
  const [value, gradient] = tf.tidy(() => {
    const loss = trainingLoss({ config, classes: 3, samples, mixes: null, adjustment })
    const { value, grad } = tf.valueAndGrad((x) => loss(x as tf.Tensor2D))(
      tf.tensor2d(LOGITS),
      tf.ones([samples.length]),
    )
    return [value.dataSync(), grad.dataSync()] as const
  })
  return { value, gradient }
}

describe('labels that may be wrong', () => {
  const samples = [{ species: 0 }, { species: 1 }]

  test('LO2: one that the network contradicts pulls less than in cross entropy; one it agrees with about as much', () => {
    const robust = lossAndGradient({ noise: NOISE }, samples).gradient
    const plain = lossAndGradient({}, samples).gradient
    expect(robust[0]! / plain[0]!).toBeGreaterThan(0.97)
    expect(robust[4]! / plain[4]!).toBeLessThan(0.1)
  })

  test('LO2, TR1: a trusted label is learned from as if there were no method', () => {
    const trusted = samples.map((sample) => ({ ...sample, trusted: true }))
    expect(lossAndGradient({ noise: NOISE }, trusted)).toEqual(lossAndGradient({}, samples))
    const half = lossAndGradient({ noise: NOISE }, [samples[0]!, trusted[1]!])
    expect(half.gradient.subarray(3)).toEqual(lossAndGradient({}, samples).gradient.subarray(3))
    expect(half.gradient.subarray(0, 3)).toEqual(
      lossAndGradient({ noise: NOISE }, samples).gradient.subarray(0, 3),
    )
  })
})

describe('the logit adjustment', () => {
  test('LO1: is tau times the logarithm of each species’ part of the train photos; one without counts as with one', () => {
    const adjustment = logitAdjustment(1.5, new Uint32Array([90, 9, 0]))
    for (const [species, count] of [90, 9, 1].entries()) {
      expect(adjustment[species]).toBeCloseTo(1.5 * Math.log(count / 100), 5)
    }
  })

  test('LO1: a network that has learned nothing but how common species are has nothing more to learn', () => {
    const adjustment = logitAdjustment(1, new Uint32Array([50, 30, 20]))
    const config = testRun({})
    const samples = [...Array(5).fill(0), ...Array(3).fill(1), ...Array(2).fill(2)].map((species) => ({
      species,
    }))
    const bias = tf.tidy(() => {
      const loss = trainingLoss({ config, classes: 3, samples, mixes: null, adjustment })
      const of = (x: tf.Tensor) => loss(x as tf.Tensor2D)
      return tf.sum(tf.grad(of)(tf.zeros([10, 3]), tf.ones([10])), 0).dataSync()
    })
    for (const slope of bias) expect(Math.abs(slope)).toBeLessThan(1e-5)
  })

  test('LO1, SD2: a task of such a run needs the counts, and has the same bits again', async () => {
    const config = testRun({ logitAdjustment: 1 })
    const photos = await drawTask(4, 3)
    const weights = initialWeights(SMALL_CNN, 3, 1)
    const work = { config, classes: 3, weights, photos, epoch: 0, step: 0, task: 0 }
    await expect(computeGradient(work)).rejects.toThrow(/without the photos of each species/)
    const counted = { ...work, trainCounts: new Uint32Array([10, 5, 1]) }
    const before = tf.memory().numTensors
    const gradient = await computeGradient(counted)
    expect(await computeGradient(counted)).toEqual(gradient)
    expect(tf.memory().numTensors).toBe(before)
    const even = await computeGradient({ ...work, trainCounts: new Uint32Array([5, 5, 5]) })
    expect(even).not.toEqual(gradient)
  })
})
