import type { Sampling } from '@worldflora/protocol/run-config'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planRun, samplesPerShard } from '../src/epoch-plan.ts'
import { photoWeights } from '../src/sampling.ts'
import type { TrainLabels } from '../src/train-labels.ts'

function labelsOf(photos: { species: number; trusted?: boolean }[]): TrainLabels {
  return {
    photos: photos.length,
    speciesOf: (photo) => photos[photo]!.species,
    isTrusted: (photo) => photos[photo]!.trusted === true,
  }
}

/** 60, 30, 9 and 1 photos of four species, in an order that mixes them. */
const TAIL = Array.from({ length: 100 }, (_, n) => (n * 37) % 100).map((n) => ({
  species: n < 60 ? 0 : n < 90 ? 1 : n < 99 ? 2 : 3,
}))

/** How many entries of an epoch each species has, on average. */
function partsWith(sampling: Sampling, photos: { species: number; trusted?: boolean }[] = TAIL): number[] {
  const weightOf = photoWeights(labelsOf(photos), 4, sampling)
  const parts = [0, 0, 0, 0]
  for (const [photo, { species }] of photos.entries()) parts[species]! += weightOf(photo)
  return parts
}

function expectClose(actual: number[], expected: number[]): void {
  for (const [n, value] of expected.entries()) expect(actual[n]).toBeCloseTo(value, 9)
}

describe('how often an epoch has a photo', () => {
  test('SM1: class-balanced, every species has an equal part of an epoch as long as before', () => {
    expectClose(partsWith({ name: 'class-balanced' }), [25, 25, 25, 25])
  })

  test('SM1: square-root, a part in proportion to the root of its photos', () => {
    const roots = [60, 30, 9, 1].map(Math.sqrt)
    const whole = roots.reduce((sum, root) => sum + root)
    expectClose(
      partsWith({ name: 'square-root' }),
      roots.map((root) => (100 * root) / whole),
    )
  })

  test('SM1: repeat-factor, species rarer than the threshold are repeated by the root of what they lack', () => {
    expectClose(partsWith({ name: 'repeat-factor', threshold: 0.16 }), [
      60,
      30,
      9 * Math.sqrt(0.16 / 0.09),
      1 * Math.sqrt(0.16 / 0.01),
    ])
  })

  test('SM2, TR1: photos that are not trusted count for their weight, in the balance too', () => {
    const photos = TAIL.map((label, n) => ({ ...label, trusted: n % 2 === 0 }))
    const trusted = [0, 0, 0, 0]
    const noisy = [0, 0, 0, 0]
    for (const { species, trusted: is } of photos) (is ? trusted : noisy)[species]!++
    const amounts = trusted.map((count, species) => count + noisy[species]! / 4)
    expectClose(partsWith({ name: 'uniform', noisyWeight: 0.25 }, photos), amounts)
    const whole = amounts.reduce((sum, amount) => sum + amount)
    expectClose(partsWith({ name: 'class-balanced', noisyWeight: 0.25 }, photos), Array(4).fill(whole / 4))
  })

  test('SM2: with no weight they are left out, and a species that has no others with them', () => {
    const photos = TAIL.map((label) => ({ ...label, trusted: label.species < 2 }))
    for (const name of ['uniform', 'class-balanced', 'square-root'] as const) {
      const parts = partsWith({ name, noisyWeight: 0 }, photos)
      expect(parts.slice(2)).toEqual([0, 0])
      expect(parts[0]! + parts[1]!).toBeCloseTo(90, 9)
    }
    expectClose(partsWith({ name: 'repeat-factor', threshold: 0.01, noisyWeight: 0 }, photos), [60, 30, 0, 0])
  })
})

describe('a plan with weights', () => {
  const request = fc.record({
    shards: fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }), {
      minLength: 1,
      maxLength: 6,
    }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    samplesPerTask: fc.integer({ min: 1, max: 24 }),
    tasksPerStep: fc.integer({ min: 1, max: 6 }),
    epochs: fc.integer({ min: 1, max: 4 }),
  })

  test('GB2, SM3: each photo is in each epoch as often as its weight, or once more; each entry is used once', () => {
    fc.assert(
      fc.property(request, ({ shards, ...batch }) => {
        const weights = shards.flat().map((tenths) => tenths / 10)
        const shardSizes = shards.map(({ length }) => length)
        const weightOf = (photo: number) => weights[photo]!
        const entries = samplesPerShard(shardSizes, weightOf)
        const whole = weights.reduce((sum, weight) => sum + weight, 0)
        const samples = entries.reduce((sum, count) => sum + count, 0)
        expect(Math.abs(samples - whole)).toBeLessThanOrEqual(0.5 + 1e-9)
        fc.pre(samples > 0)
        const plan = planRun({ ...batch, shardSizes, weightOf })
        expect(plan.samples).toBe(samples)
        const used = Array.from({ length: plan.steps }, (_, step) => plan.tasksOf(step))
          .flat()
          .flatMap((task) => task.entries)
        expect(used).toHaveLength(batch.epochs * samples)
        let first = 0
        for (const [shard, size] of shardSizes.entries()) {
          const own = weights.slice(first, first + size)
          const scale = entries[shard]! / own.reduce((sum, weight) => sum + weight, 0)
          for (const [sample, weight] of own.entries()) {
            const times = used.filter((entry) => entry.shard === shard && entry.sample === sample).length
            expect(times).toBeGreaterThanOrEqual(batch.epochs * Math.floor(weight * (scale || 0) - 1e-6))
            expect(times).toBeLessThanOrEqual(batch.epochs * Math.ceil(weight * (scale || 0) + 1e-6))
          }
          first += size
        }
      }),
      { numRuns: 60 },
    )
  })

  test('SM3: over the epochs a photo has its weight’s times', () => {
    const weights = Array.from({ length: 60 }, (_, n) => 0.1 + (n % 7) * 0.37)
    const plan = planRun({
      shardSizes: [20, 40],
      weightOf: (photo) => weights[photo]!,
      seed: 5,
      samplesPerTask: 8,
      tasksPerStep: 2,
      epochs: 400,
    })
    const times = new Float64Array(60)
    for (let step = 0; step < plan.steps; step++) {
      for (const { entries } of plan.tasksOf(step))
        for (const { shard, sample } of entries) times[20 * shard + sample]!++
    }
    for (const [photo, weight] of weights.entries()) {
      expect(Math.abs(times[photo]! / 400 - weight)).toBeLessThan(0.1)
    }
  })

  test('SD1, SM3: is pure, and a task touches two shards at most', () => {
    const asked = {
      shardSizes: Array(40).fill(100),
      weightOf: (photo: number) => (photo % 10) / 4,
      seed: 7,
      samplesPerTask: 16,
      tasksPerStep: 32,
      epochs: 2,
    }
    const plan = planRun(asked)
    const tasks = plan.tasksOf(3)
    expect(planRun(asked).tasksOf(3)).toEqual(tasks)
    for (const { entries } of tasks) {
      expect(new Set(entries.map(({ shard }) => shard)).size).toBeLessThanOrEqual(2)
    }
  })

  test('SM3: twelve million photos are planned as they are asked for', () => {
    const plan = planRun({
      shardSizes: Array(15_000).fill(800),
      weightOf: (photo) => 0.5 + (photo % 3) / 2,
      seed: 1,
      samplesPerTask: 32,
      tasksPerStep: 256,
      epochs: 1000,
    })
    expect(plan.samples).toBe(12_000_000)
    expect(plan.tasksOf(700_000)).toHaveLength(256)
  })
})
