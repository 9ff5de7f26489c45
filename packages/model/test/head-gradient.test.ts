import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, type ParameterEntry, valuesOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeHeadGradient } from '../src/head-gradient.ts'
import { featureCount, initialWeights, parameterSpecs, trainedSpecs } from '../src/parameters.ts'
import { SMALL_CNN, testRun } from './test-run.ts'

const CLASSES = 5
const dims = featureCount(SMALL_CNN)
const weights = initialWeights(SMALL_CNN, CLASSES, 5)
const whole = layoutOf(parameterSpecs(SMALL_CNN, CLASSES))
const layout = layoutOf(trainedSpecs(SMALL_CNN, CLASSES, 'head'))
const config = testRun({ samplesPerTask: 6, samplesPerChunk: 3 })
const random = new RandomStream(1, 'faults')
const samples = Array.from({ length: 6 }, (_, i) => ({
  species: i % CLASSES,
  features: Float32Array.from({ length: dims }, () => random.uniform()),
}))

/** The sum over the samples of x (p - y), by the book. */
function byTheBook(): Float64Array {
  const named = (name: string) =>
    valuesOf(whole.entries.find(({ spec }) => spec.name === name) as ParameterEntry, weights)
  const [matrix, bias] = [named('head/weights'), named('head/bias')]
  const sums = new Float64Array(layout.total + 2)
  for (const { species, features } of samples) {
    const logits = Array.from({ length: CLASSES }, (_, c) =>
      features.reduce((sum, value, i) => sum + value * matrix[i * CLASSES + c]!, bias[c]!),
    )
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    for (const [c, logit] of logits.entries()) {
      const error = Math.exp(logit) / total - (c === species ? 1 : 0)
      for (const [i, value] of features.entries()) sums[i * CLASSES + c]! += value * error
      sums[dims * CLASSES + c]! += error
    }
    sums[layout.total]! += Math.log(total) - logits[species]!
    if (logits.indexOf(Math.max(...logits)) === species) sums[layout.total + 1]!++
  }
  return sums
}

describe.each(['wasm', 'cpu'] as const)('PH2: the head’s gradient on %s', (backend) => {
  beforeAll(async () => {
    await openBackend(backend, nodeAssets)
  })

  test('is that of the head alone, of features as they are; and nothing is left behind', async () => {
    const before = tf.memory().numTensors
    const progress: number[] = []
    const work = {
      config,
      classes: CLASSES,
      weights,
      samples,
      epoch: 0,
      step: 0,
      task: 0,
      onProgress: (done: number) => progress.push(done),
    }
    const sums = await computeHeadGradient(work)
    expect(tf.memory().numTensors).toBe(before)
    expect(progress).toEqual([3, 6])
    const expected = byTheBook()
    expect(sums).toHaveLength(expected.length)
    for (const [i, value] of expected.entries()) expect(sums[i]).toBeCloseTo(value, 4)
  })

  test('AU1, LO1, LO2, TR1: mixes features, adjusts logits and takes care with labels, as a whole network’s', async () => {
    const fields = { samplesPerTask: 6, samplesPerChunk: 3 }
    const place = { classes: CLASSES, weights, epoch: 0, step: 0, task: 0 }
    const sumsWith = (own: object, more: object = {}) =>
      computeHeadGradient({ config: testRun({ ...fields, ...own }), ...place, samples, ...more })
    const plain = await sumsWith({})
    const mixed = await sumsWith({ augmentation: { mixup: 0.4, cutmix: 1 } })
    expect(mixed).not.toEqual(plain)
    expect(await sumsWith({ augmentation: { mixup: 0.4 } })).toEqual(mixed)
    expect(await sumsWith({ augmentation: { cutmix: 1 } })).toEqual(plain)
    const trainCounts = Uint32Array.from({ length: CLASSES }, (_, species) => 10 * (species + 1))
    expect(await sumsWith({ logitAdjustment: 1 }, { trainCounts })).not.toEqual(plain)
    const noise = { name: 'generalised-cross-entropy', q: 0.7 }
    expect(await sumsWith({ noise })).not.toEqual(plain)
    const trusted = samples.map((sample) => ({ ...sample, trusted: true }))
    expect(await sumsWith({ noise }, { samples: trusted })).toEqual(plain)
  })
})
