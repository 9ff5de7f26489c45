import * as tf from '@tensorflow/tfjs-core'
import { hashOf } from '@worldflora/protocol/hash'
import { layoutOf, TALLY, valuesOf } from '@worldflora/protocol/parameter-layout'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient, type GradientWork } from '../src/gradient.ts'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { BIASED, drawTask, SMALL_CNN, testRun, ZOO } from './test-run.ts'

const CLASSES = 3
const augmentation = { crop: true, flip: true, color: 0.2 }

async function taskOf(photos: number, fields: Record<string, unknown> = {}): Promise<GradientWork> {
  const config = testRun({ samplesPerTask: photos, ...fields })
  const weights = initialWeights(config.architecture, CLASSES, 1)
  return {
    config,
    classes: CLASSES,
    weights,
    photos: await drawTask(photos, CLASSES),
    epoch: 0,
    step: 0,
    task: 0,
  }
}

const bitsOf = (gradient: Float32Array) => hashOf(encodeWeights(gradient))

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

describe('the gradient of a task', () => {
  test.each([SMALL_CNN, ...ZOO, BIASED])(
    'SD2: of $name, norm $norm, has the same bits each time, and leaves no tensor behind',
    async (architecture) => {
      const work = await taskOf(4, { architecture, samplesPerChunk: 2, augmentation })
      const before = tf.memory().numTensors
      const first = await computeGradient(work)
      expect(bitsOf(await computeGradient(work))).toBe(bitsOf(first))
      expect(tf.memory().numTensors).toBe(before)
      expect(first.every(Number.isFinite)).toBe(true)
    },
  )

  test('SD1: depends on seed and place in the run, and on neither the name of the run nor what is computed before', async () => {
    const work = await taskOf(2, { augmentation })
    const expected = bitsOf(await computeGradient(work))
    for (const place of [{ step: 1 }, { task: 1 }, { epoch: 1 }]) {
      expect(bitsOf(await computeGradient({ ...work, ...place }))).not.toBe(expected)
    }
    const renamed = { ...work, config: { ...work.config, name: 'other', flora: 'other' } }
    expect(bitsOf(await computeGradient(renamed))).toBe(expected)
    const reseeded = { ...work, config: { ...work.config, seed: 2 } }
    expect(bitsOf(await computeGradient(reseeded))).not.toBe(expected)
  })

  test('GB2, BN1: is the sum of its chunks, and its statistics are weighted by their photos', async () => {
    const whole = await taskOf(6, { samplesPerChunk: 2 })
    const chunks = await Promise.all(
      [0, 2, 4].map((start) => computeGradient({ ...whole, photos: whole.photos.slice(start, start + 2) })),
    )
    const summed = chunks.reduce((sums, chunk) => sums.map((sum, i) => sum + chunk[i]!))
    expect(bitsOf(await computeGradient(whole))).toBe(bitsOf(summed))
  })

  test('BN1: a task whose last chunk is short takes it as a chunk of its own', async () => {
    const work = await taskOf(3, { samplesPerTask: 4, samplesPerChunk: 2 })
    const { photos, ...place } = work
    const [first, last] = await Promise.all([
      computeGradient({ ...place, photos: photos.slice(0, 2) }),
      computeGradient({ ...place, photos: photos.slice(2) }),
    ])
    const progress: number[] = []
    const gradient = await computeGradient({ ...work, onProgress: (images) => progress.push(images) })
    expect(bitsOf(gradient)).toBe(bitsOf(Float32Array.from(first!, (value, i) => value + last![i]!)))
    expect(progress).toEqual([2, 3])
  })

  test('BN1: the statistics are the mean and the unbiased variance of what goes into the normalisation', async () => {
    const work = await taskOf(2)
    const gradient = await computeGradient(work)
    const layout = layoutOf(parameterSpecs(SMALL_CNN, CLASSES))
    const entry = (name: string) => layout.entries.find(({ spec }) => spec.name === name)!
    const perPhoto = (name: string) => valuesOf(entry(name), gradient)[0]! / 2
    const inputs = await firstConvolution(work)
    const mean = inputs.reduce((sum, value) => sum + value, 0) / inputs.length
    const spread = inputs.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(perPhoto('block1/norm/mean')).toBeCloseTo(mean, 5)
    expect(perPhoto('block1/norm/variance')).toBeCloseTo(spread / (inputs.length - 1), 5)
  })

  test('the tally is the summed loss and the right answers: at the start about ln(classes) a photo', async () => {
    const gradient = await computeGradient(await taskOf(12))
    const tally = gradient.subarray(-TALLY.length)
    expect(tally[TALLY.loss]! / 12).toBeGreaterThan(0.5)
    expect(tally[TALLY.loss]! / 12).toBeLessThan(2.5)
    expect(Number.isInteger(tally[TALLY.correct])).toBe(true)
    expect(tally[TALLY.correct]).toBeLessThanOrEqual(12)
  })

  test('a photo that cannot be decoded is named, and leaves no tensor behind', async () => {
    const work = await taskOf(2)
    const before = tf.memory().numTensors
    const broken = { jpeg: new Uint8Array([1, 2, 3]), species: 0 }
    await expect(computeGradient({ ...work, photos: [work.photos[0]!, broken] })).rejects.toThrow(
      /photo 1 of the task/,
    )
    expect(tf.memory().numTensors).toBe(before)
  })
})

/** The values of the first channel after the first convolution, computed apart from the code under test. */
async function firstConvolution({ weights, photos }: GradientWork): Promise<number[]> {
  const { decodeJpeg, placeCentre } = await import('../src/photo/index.ts')
  const layout = layoutOf(parameterSpecs(SMALL_CNN, CLASSES))
  const filter = valuesOf(layout.entries.find(({ spec }) => spec.name === 'block1/filter')!, weights)
  const outputs = filter.length / 27
  const values: number[] = []
  for (const { jpeg } of photos) {
    const pixels = new Float32Array(32 * 32 * 3)
    const decoded = decodeJpeg(jpeg)
    if ('kind' in decoded) throw new Error(decoded.message)
    placeCentre(decoded, 32, pixels)
    for (let y = 0; y < 32; y += 2) {
      for (let x = 0; x < 32; x += 2) {
        let sum = 0
        // 'same' at stride 2 on an even size pads below and right only.
        for (let tap = 0; tap < 27; tap++) {
          const [row, column] = [y + Math.floor(tap / 9), x + (Math.floor(tap / 3) % 3)]
          if (row < 32 && column < 32)
            sum += pixels[(row * 32 + column) * 3 + (tap % 3)]! * filter[tap * outputs]!
        }
        values.push(sum)
      }
    }
  }
  return values
}
