import type { Calibration, Organ } from '@worldflora/protocol/calibration'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import {
  calibrate,
  expectedError,
  expectedErrorFloor,
  type LookedAt,
  organOf,
  type Rows,
  rowOf,
  type ToCalibrate,
} from '../../src/calibration/fit/index.ts'
import {
  encodeHeads,
  headsOf,
  linearScore,
  rollUp,
  shortlistOf,
  softmax,
} from '../../src/calibration/index.ts'

const SPECIES = 6
const WIDTH = 12
/** Two species a genus, three a family. */
const KIN = Array.from({ length: SPECIES }, (_, i) => ({ genus: `g${i >> 1}`, family: i < 3 ? 'f0' : 'f1' }))

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
})

/** Logits that are too sure by `sharpness`: the truth is drawn from what they say without it. */
function drawLogits(photos: number, sharpness: number, seed: number): { logits: Rows; species: number[] } {
  const chance = new RandomStream(seed, 'faults')
  const values = new Float32Array(photos * SPECIES)
  const species: number[] = []
  for (let photo = 0; photo < photos; photo++) {
    const own = Float32Array.from({ length: SPECIES }, () => 2 * chance.normal())
    let left = chance.uniform()
    const truth = softmax(own).findIndex((score) => {
      left -= score
      return left < 0
    })
    species.push(Math.max(0, truth))
    values.set(
      own.map((value) => value * sharpness),
      photo * SPECIES,
    )
  }
  return { logits: { count: photos, width: SPECIES, values }, species }
}

/** Features around a place of their own for plants, and for each organ; `away` for what is no plant. */
function drawFeatures(count: number, seed: number, away: boolean): Rows & { organs: Organ[] } {
  const chance = new RandomStream(seed, 'faults', 1)
  const values = new Float32Array(count * WIDTH)
  const organs: Organ[] = []
  for (let row = 0; row < count; row++) {
    const organ = chance.below(2)
    organs.push(organ === 0 ? 'leaf' : 'flower')
    for (let i = 0; i < WIDTH; i++)
      values[row * WIDTH + i] = chance.normal() + (away ? 3 : 0) + (i === organ ? 4 : 0)
  }
  return { count, width: WIDTH, values, organs }
}

function looked(photos: number, seed: number, species: readonly number[]): LookedAt {
  const { organs, ...features } = drawFeatures(photos, seed, false)
  return { features, organs, species, keys: species.map((_, photo) => `${seed}-${photo >> 1}`) }
}

function work({ photos = 400, sharpness = 3 } = {}): ToCalibrate {
  const { logits, species } = drawLogits(photos, sharpness, 1)
  const train = drawLogits(100, 1, 2).species
  return {
    kin: KIN,
    validation: { ...looked(photos, 1, species), logits },
    train: looked(100, 2, train),
    nonPlants: drawFeatures(120, 3, true),
    seed: 1,
  }
}

const calibrationOf = (fitted: ReturnType<typeof calibrate>): Calibration => ({ ...fitted, heads: null })

describe('a calibration', () => {
  test('CA1: a model three times too sure gets a temperature near 3, and an error near its floor', () => {
    const { temperature, measured } = calibrate(work())
    expect(temperature).toBeGreaterThan(2.5)
    expect(temperature).toBeLessThan(3.5)
    expect(measured!.photos).toBe(400)
    expect(measured!.ece).toBeLessThan(measured!.eceFloor + 0.02)
  })

  test('CA1: with too few validation photos there is no temperature, and the model says so', () => {
    const { temperature, rollUp: thresholds, measured, lacking } = calibrate(work({ photos: 20 }))
    expect([temperature, thresholds, measured]).toEqual([null, null, null])
    expect(lacking.join(' ')).toMatch(/calibrated.*30.*20/)
  })

  test('CA2: what is named is right nine times of ten, though the species often is not', () => {
    const { rollUp: thresholds, temperature } = calibrate(work())
    const fresh = drawLogits(2000, 3, 9)
    let named = 0
    let right = 0
    for (const [photo, truth] of fresh.species.entries()) {
      const answer = rollUp(KIN, softmax(rowOf(fresh.logits, photo), temperature!), thresholds!)
      if (answer === null) continue
      named++
      if (answer.species.includes(truth)) right++
    }
    expect(named).toBeGreaterThan(400)
    expect(right / named).toBeGreaterThan(0.88)
  })

  test('CA2: the species if it is sure, else the genus, else the family, else a short list, else nothing', () => {
    const thresholds = { species: 0.8, genus: 0.8, family: 0.8, shortlist: 0.9 }
    const at = (...scores: number[]) => rollUp(KIN, Float32Array.from(scores), thresholds)
    expect(at(0.85, 0.15, 0, 0, 0, 0)).toMatchObject({ rank: 'species', species: [0] })
    expect(at(0.5, 0.4, 0.1, 0, 0, 0)).toMatchObject({ rank: 'genus', name: 'g0', species: [0, 1] })
    expect(at(0.4, 0.1, 0.4, 0.1, 0, 0)).toMatchObject({ rank: 'family', name: 'f0', species: [0, 1, 2] })
    const unsure = Float32Array.from([0.5, 0, 0, 0.45, 0.05, 0])
    expect(rollUp(KIN, unsure, thresholds)).toBeNull()
    expect(shortlistOf(unsure, thresholds.shortlist)).toEqual([0, 3])
    expect(shortlistOf(new Float32Array(SPECIES).fill(1 / SPECIES), thresholds.shortlist)).toBeNull()
  })

  test('CA3: other pictures are refused, plants are not, and the rates are those of fresh ones', () => {
    const fitted = calibrate(work())
    const { threshold, plantsRefused, nonPlantsRefused } = fitted.plantCheck!
    expect(plantsRefused).toBeLessThanOrEqual(0.02)
    expect(nonPlantsRefused).toBeGreaterThanOrEqual(0.9)
    const heads = headsOf(calibrationOf(fitted), encodeHeads(fitted.heads), WIDTH)
    if (isRejection(heads)) throw new Error(heads.message)
    const refused = (rows: Rows) =>
      Array.from({ length: rows.count }, (_, row) => linearScore(heads.plant!, rowOf(rows, row))).filter(
        (score) => score < threshold,
      ).length / rows.count
    expect(refused(drawFeatures(500, 7, false))).toBeLessThanOrEqual(0.02)
    expect(refused(drawFeatures(500, 8, true))).toBeGreaterThanOrEqual(0.9)
  })

  test('CA4: organs are suggested where photos say which they show, by the names that floras use', () => {
    const fitted = calibrate(work())
    expect(fitted.organs).toMatchObject({ names: ['leaf', 'flower'], photos: 500 })
    expect(fitted.organs!.right).toBeGreaterThan(0.95)
    const whole = work()
    const unlabelled = { ...whole.validation, organs: whole.validation.organs.map(() => null) }
    const without = calibrate({
      ...whole,
      validation: unlabelled,
      train: { ...whole.train, organs: whole.train.organs.map(() => null) },
    })
    expect(without.organs).toBeNull()
    expect(without.lacking.join(' ')).toMatch(/Organs/)
    expect(['leaf-front', 'leaf', 'flower', 'leafy', undefined].map(organOf)).toEqual([
      'leaf',
      'leaf',
      'flower',
      null,
      null,
    ])
  })

  test('the same photos give the same bytes', () => {
    const [first, second] = [calibrate(work()), calibrate(work())]
    expect(encodeHeads(first.heads)).toEqual(encodeHeads(second.heads))
    expect(calibrationOf(first)).toEqual(calibrationOf(second))
  })

  test('heads that are cut off are refused', () => {
    const fitted = calibrate(work())
    expect(headsOf(calibrationOf(fitted), encodeHeads(fitted.heads).subarray(4), WIDTH)).toMatchObject({
      code: 'invalid-heads',
    })
  })
})

test('CA1: the expected calibration error of answers that are always half as right as they say is half their score', () => {
  const answers = Array.from({ length: 1000 }, (_, n) => ({ score: 0.8, isRight: n % 5 < 2 }))
  expect(expectedError(answers)).toBeCloseTo(0.4, 6)
  expect(expectedErrorFloor(answers, 1)).toBeLessThan(0.02)
})
