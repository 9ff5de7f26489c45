import { phasesOf } from '@worldflora/protocol/phases'
import { RunConfig } from '@worldflora/protocol/run-config'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { onFeatures, planPhase } from '../src/phase-plan.ts'

const SIZES = [7, 0, 11, 5]
const SAMPLES = 23

function phases(first: object, second: object) {
  const config = v.parse(RunConfig, {
    name: 'phased',
    flora: 'meadow',
    seed: 3,
    architecture: { name: 'small-cnn' },
    samplesPerTask: 4,
    tasksPerStep: 2,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    augmentation: { flip: true },
    phases: [first, second],
  })
  return phasesOf(config, SAMPLES)
}

const phase = fc.record({
  epochs: fc.integer({ min: 1, max: 5 }),
  samplesPerTask: fc.integer({ min: 1, max: 30 }),
  tasksPerStep: fc.integer({ min: 1, max: 4 }),
})

describe('the plan of a phase', () => {
  it('PH1, GB2: goes on where the one before ended, and uses each of its epochs’ samples once', () => {
    fc.assert(
      fc.property(phase, phase, (first, second) => {
        for (const one of phases({ train: 'all', ...first }, { train: 'all', ...second })) {
          const plan = planPhase(one, { shardSizes: SIZES })
          expect(plan.steps).toBe(one.endStep)
          const steps = Array.from({ length: one.endStep - one.firstStep }, (_, n) => one.firstStep + n)
          const entries = steps.flatMap((step) => plan.tasksOf(step).flatMap((task) => task.entries))
          expect(entries).toHaveLength(one.config.epochs! * SAMPLES)
          const uses = new Map<string, number>()
          for (const { shard, sample } of entries) {
            uses.set(`${shard}/${sample}`, (uses.get(`${shard}/${sample}`) ?? 0) + 1)
          }
          expect(new Set(uses.values())).toEqual(new Set([one.config.epochs]))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('PH1, SD1: two phases alike do not have the same steps', () => {
    const alike = { train: 'all', epochs: 2 }
    const [first, second] = phases(alike, alike).map((one) => planPhase(one, { shardSizes: SIZES }))
    const begin = first!.steps
    expect(second!.tasksOf(begin).map(({ entries }) => entries)).not.toEqual(
      first!.tasksOf(0).map(({ entries }) => entries),
    )
    expect(() => second!.tasksOf(0)).toThrow('begins')
  })

  it('PH2: of features: every photo once an epoch, in one of its views, in the part where it is; after as many epochs, all of them', () => {
    fc.assert(
      fc.property(
        phase,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        (shape, views, samplesPerPart) => {
          const [head] = phases(
            { train: 'head', ...shape, epochs: views, views },
            { train: 'all', epochs: 1 },
          )
          const of = { shardSizes: SIZES, samplesPerPart, views }
          const photos = planPhase(head!, { shardSizes: SIZES })
          const plan = onFeatures(photos, of)
          const parts = SIZES.flatMap((size, shard) =>
            Array.from({ length: Math.ceil(size / samplesPerPart) }, (_, part) => ({
              shard,
              first: part * samplesPerPart,
              photos: Math.min(samplesPerPart, size - part * samplesPerPart),
            })),
          )
          const seen = new Set<string>()
          for (let step = 0; step < plan.steps; step++) {
            const there = photos.tasksOf(step).flatMap(({ entries }) => entries)
            for (const [n, { shard, sample }] of plan
              .tasksOf(step)
              .flatMap(({ entries }) => entries)
              .entries()) {
              const part = parts[shard]!
              expect(sample).toBeLessThan(part.photos * views)
              expect({ shard: part.shard, sample: part.first + (sample % part.photos) }).toEqual(there[n])
              seen.add(`${shard}/${sample}`)
            }
          }
          // A task that spans two epochs takes all its views by the first.
          if (SAMPLES % shape.samplesPerTask === 0) expect(seen.size).toBe(SAMPLES * views)
        },
      ),
      { numRuns: 60 },
    )
  })
})
