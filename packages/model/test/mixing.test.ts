import { TALLY } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient } from '../src/gradient.ts'
import { initialWeights } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { drawMixes, mixPixels } from '../src/photo/mixing.ts'
import { symmetricBeta } from '../src/photo/symmetric-beta.ts'
import { countedAs } from '../src/training-loss.ts'
import { drawTask, SMALL_CNN, testRun } from './test-run.ts'

const plain = { crop: false, flip: false, color: 0 }
const chance = (seed: number) => new RandomStream(seed, 'mix', 0, 0, 0, 0)

test.each([0.1, 0.5, 1, 2, 8])(
  'SD3: Beta with both parameters %f has its mean of a half and its variance',
  (alpha) => {
    const random = chance(1)
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(alpha, random))
    expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true)
    const mean = draws.reduce((sum, draw) => sum + draw) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0.5, 1.5)
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2)
  },
)

describe('mixtures', () => {
  test('SD1, AU1: are a pure function of the place, and every photo is a partner once at most', () => {
    const augmentation = { ...plain, mixup: 0.4, cutmix: 1, mixedShare: 0.8 }
    const first = drawMixes(augmentation, 64, 32, chance(7))!
    expect(drawMixes(augmentation, 64, 32, chance(7))).toEqual(first)
    expect(drawMixes(augmentation, 64, 32, chance(8))).not.toEqual(first)
    const mixed = first.filter(({ partner }, place) => partner !== place)
    expect(new Set(mixed.map(({ partner }) => partner)).size).toBe(mixed.length)
    expect(mixed.some(({ box }) => box !== undefined)).toBe(true)
    expect(mixed.some(({ box }) => box === undefined)).toBe(true)
    expect(first.some(({ partner, share }, place) => partner === place && share === 1)).toBe(true)
  })

  test('AU1: without mixup and cutmix nothing is mixed, nor is a photo that is alone', () => {
    expect(drawMixes(plain, 8, 32, chance(1))).toBeNull()
    expect(drawMixes({ ...plain, mixup: 1 }, 1, 32, chance(1))).toEqual([{ partner: 0, share: 1 }])
  })

  test('AU1: a blend has the two photos’ parts in each pixel', () => {
    const size = 4
    const pixels = Float32Array.from({ length: 3 * size * size * 3 }, (_, i) => (i % 11) / 11)
    const mixes = [
      { partner: 2, share: 0.25 },
      { partner: 1, share: 1 },
      { partner: 0, share: 0.5 },
    ]
    const mixed = mixPixels(pixels, size, mixes)
    const at = (photo: number, i: number) => pixels[photo * size * size * 3 + i]!
    for (let i = 0; i < size * size * 3; i++) {
      expect(mixed[i]).toBe(Math.fround(0.25 * at(0, i) + 0.75 * at(2, i)))
      expect(mixed[size * size * 3 + i]).toBe(at(1, i))
      expect(mixed[2 * size * size * 3 + i]).toBe(Math.fround(0.5 * at(2, i) + 0.5 * at(0, i)))
    }
  })

  test('AU1: a cut has as many of the partner’s pixels as its share says', () => {
    const size = 16
    const photos = 32
    const pixels = Float32Array.from({ length: photos * size * size * 3 }, (_, i) =>
      Math.floor(i / (size * size * 3)),
    )
    const mixes = drawMixes({ ...plain, cutmix: 1 }, photos, size, chance(3))!
    const mixed = mixPixels(pixels, size, mixes)
    for (const [place, { partner, share }] of mixes.entries()) {
      const own = mixed.subarray(place * size * size * 3, (place + 1) * size * size * 3)
      expect([...own].every((value) => value === place || value === partner)).toBe(true)
      const kept = own.filter((value) => value === place).length / own.length
      if (partner !== place) expect(kept).toBeCloseTo(share, 6)
    }
  })
})

describe('the gradient of mixed photos', () => {
  beforeAll(async () => {
    await openBackend('wasm', nodeAssets)
    await openDecoder(nodeAssets)
  })

  async function workWith(augmentation: object) {
    const config = testRun({ samplesPerTask: 6, samplesPerChunk: 3, augmentation })
    const weights = initialWeights(SMALL_CNN, 3, 1)
    return { config, classes: 3, weights, photos: await drawTask(6, 3), epoch: 0, step: 0, task: 0 }
  }

  test('SD1, SD2, AU1: has the same bits again, other bits than unmixed, and a whole number of right answers', async () => {
    const work = await workWith({ mixup: 0.4, cutmix: 1 })
    const gradient = await computeGradient(work)
    expect(await computeGradient(work)).toEqual(gradient)
    expect(await computeGradient(await workWith({}))).not.toEqual(gradient)
    expect(gradient.every(Number.isFinite)).toBe(true)
    expect(Number.isInteger(gradient.at(-TALLY.length + TALLY.correct))).toBe(true)
  })

  test('AU1: a run that mixes no photo computes what it did before it could', async () => {
    const none = await workWith({ mixup: 1, mixedShare: 2 ** -30 })
    expect(await computeGradient(none)).toEqual(await computeGradient(await workWith({})))
  })
})

test('AU1: a mixture counts as the species that it has the larger part of', () => {
  const samples = [{ species: 4 }, { species: 7 }]
  const mixes = [
    { partner: 1, share: 0.3 },
    { partner: 0, share: 0.5 },
  ]
  expect(countedAs(samples, mixes)).toEqual([7, 7])
  expect(countedAs(samples, null)).toEqual([4, 7])
})
