import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { epochAt, phaseAt, phaseBefore, phasesOf } from '../src/phases.ts'
import { RunConfig } from '../src/run-config.ts'

const sgd = (learningRate: number) => ({ name: 'sgd', learningRate })
const common = {
  name: 'phased',
  flora: 'meadow',
  architecture: { name: 'small-cnn' },
  samplesPerTask: 4,
  tasksPerStep: 3,
}
const run = v.parse(RunConfig, {
  ...common,
  optimizer: sgd(0.1),
  augmentation: { crop: true },
  phases: [
    { train: 'head', epochs: 2, samplesPerTask: 10, tasksPerStep: 1, views: 3, optimizer: sgd(1) },
    { train: 'head', steps: 3 },
    { train: 'all', epochs: 1, augmentation: { flip: true } },
  ],
})
const SAMPLES = 25

describe('PH1: the phases of a run', () => {
  const phases = phasesOf(run, SAMPLES)

  it('follow on one another in one count of steps, and have what they do not say from the run', () => {
    // 50 samples are 5 tasks of 10; 3 steps; 25 samples are 7 tasks of 4, in 3 steps.
    expect(phases.map(({ firstStep, endStep }) => [firstStep, endStep])).toEqual([
      [0, 5],
      [5, 8],
      [8, 11],
    ])
    const [first, second, third] = phases.map(({ config }) => config)
    expect(first).toMatchObject({
      samplesPerTask: 10,
      tasksPerStep: 1,
      optimizer: sgd(1),
      augmentation: { crop: true },
    })
    expect(second).toMatchObject({ samplesPerTask: 4, optimizer: sgd(0.1), steps: 3 })
    expect(third).toMatchObject({ augmentation: { crop: false, flip: true }, epochs: 1 })
    expect(phases.map(({ train, views }) => `${train} ${views}`)).toEqual(['head 3', 'head 1', 'all 1'])
    expect(phases.every(({ config }) => !('phases' in config))).toBe(true)
  })

  it('LO2: one may take care with labels where the one before learns from all of them alike', () => {
    const noise = { name: 'generalised-cross-entropy', q: 0.7 }
    const warmed = v.parse(RunConfig, {
      ...common,
      optimizer: sgd(0.1),
      phases: [
        { train: 'head', epochs: 1 },
        { train: 'head', epochs: 2, noise },
      ],
    })
    expect(phasesOf(warmed, SAMPLES).map(({ config }) => config.noise)).toEqual([undefined, noise])
  })

  it('count epochs together: whole ones where a phase has so many, and never the same for two phases’ chance', () => {
    const epochs = [0, 1, 5, 8, 9, 11].map((step) => epochAt(phases, step))
    const after3 = 2 + (3 * 12) / 25
    expect(epochs).toEqual([0, 10 / 25, 2, after3, after3 + 12 / 25, after3 + 1])
    expect(phases.map(({ firstEpoch }) => firstEpoch)).toEqual([0, 2, 4])
  })

  it('a border belongs to the phase before, as what has led there, and to the next, as where it goes on', () => {
    expect([phaseAt(phases, 5).index, phaseBefore(phases, 5).index]).toEqual([1, 0])
    expect([phaseAt(phases, 11).index, phaseBefore(phases, 0).index]).toEqual([2, 0])
  })

  it('a run without phases is one, with its own configuration', () => {
    const plain = v.parse(RunConfig, { ...common, optimizer: sgd(0.1), steps: 7 })
    const [only, ...others] = phasesOf(plain, SAMPLES)
    expect(others).toEqual([])
    expect(only).toMatchObject({ train: 'all', firstStep: 0, endStep: 7, firstEpoch: 0 })
    expect(only!.config).toEqual(plain)
  })
})
