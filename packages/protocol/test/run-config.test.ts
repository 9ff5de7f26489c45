import { describe, expect, it } from 'vitest'
import { canonicalJson, hashOfText } from '../src/hash.ts'
import { layoutOf } from '../src/parameter-layout.ts'
import { isRejection, parseOrReject } from '../src/rejection.ts'
import { RunConfig } from '../src/run-config.ts'

const example = {
  name: 'wild',
  flora: 'wild',
  seed: 1,
  backend: 'deterministic',
  architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 },
  samplesPerTask: 16,
  tasksPerStep: 4,
  epochs: 40,
  wire: 'int8',
  optimizer: {
    name: 'sgd',
    learningRate: 0.1,
    momentum: 0.9,
    weightDecay: 5e-4,
    schedule: 'cosine',
    warmupEpochs: 2,
  },
  augmentation: { crop: true, flip: true, color: 0.2 },
}

describe('RUN.json', () => {
  it('parses as the README shows it, with the defaults filled in', () => {
    const parsed = parseOrReject(RunConfig, example, 'RUN.json')
    expect(parsed).toMatchObject({ ...example, labelSmoothing: 0, publishBest: false })
  })

  it('OP8: what came later has no default: a stored run is the same as its RUN.json of then', () => {
    const parsed = parseOrReject(RunConfig, example, 'RUN.json')
    if (isRejection(parsed)) throw new Error(parsed.message)
    for (const field of ['sampling', 'noise', 'logitAdjustment', 'evaluation']) {
      expect(parsed).not.toHaveProperty(field)
    }
    expect(parsed.augmentation).toEqual(example.augmentation)
    expect(parsed.optimizer).toEqual({
      ...example.optimizer,
      nesterov: false,
      stepEpochs: [],
      stepFactor: 0.1,
    })
  })

  it.each([
    [
      { name: 'lars', learningRate: 8, referenceBatch: 256, schedule: 'polynomial', power: 2, clipNorm: 5 },
      { momentum: 0.9, trustCoefficient: 0.001 },
    ],
    [
      {
        name: 'adamw',
        learningRate: 1e-3,
        weightDecay: 0.05,
        schedule: 'cosine',
        endFactor: 0.01,
        ema: 0.999,
      },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ],
  ])('takes the optimizer $name', (optimizer, defaults) => {
    const parsed = parseOrReject(RunConfig, { ...example, optimizer }, 'RUN.json')
    expect(parsed).toMatchObject({ optimizer: { ...optimizer, ...defaults } })
  })

  it.each([
    [{ learnigRate: 1 }, 'learnigRate'],
    [{ optimizer: { ...example.optimizer, learningRate: -1 } }, 'optimizer.learningRate'],
    [{ optimizer: { name: 'adam', learningRate: 1 } }, '"sgd" | "lars" | "adamw"'],
    [
      { optimizer: { name: 'adamw', learningRate: 1, momentum: 0.9 } },
      'optimizer.momentum: there is no such',
    ],
    [
      { optimizer: { name: 'lars', learningRate: 1, nesterov: true } },
      'optimizer.nesterov: there is no such',
    ],
    [{ optimizer: { ...example.optimizer, power: 2 } }, 'power is of the schedule polynomial alone'],
    [{ optimizer: { name: 'sgd', learningRate: 1, endFactor: 0.1 } }, 'endFactor is of the schedules cosine'],
    [{ optimizer: { ...example.optimizer, clipNorm: 0 } }, 'optimizer.clipNorm'],
    [{ optimizer: { ...example.optimizer, ema: 1 } }, 'optimizer.ema'],
    [{ optimizer: { ...example.optimizer, referenceBatch: 0.5 } }, 'optimizer.referenceBatch'],
    [{ architecture: { name: 'vgg' } }, 'architecture.name'],
    [{ epochs: undefined }, 'either epochs or steps'],
    [{ steps: 5 }, 'either epochs or steps'],
    [{ samplesPerChunk: 5 }, 'multiple of samplesPerChunk'],
    [{ name: 'A run' }, 'name'],
    [{ samplesPerTask: 0 }, 'samplesPerTask'],
    [{ augmentation: { mixup: 0.01 } }, 'augmentation.mixup'],
    [{ augmentation: { cutmix: 33 } }, 'augmentation.cutmix'],
    [{ augmentation: { mixedShare: 0.5 } }, 'mixedShare is of mixup and cutmix'],
    [{ logitAdjustment: 0 }, 'logitAdjustment'],
    [{ logitAdjustment: 1, sampling: { name: 'class-balanced' } }, 'correct the same thing'],
    [{ sampling: { name: 'balanced' } }, '"uniform" | "repeat-factor"'],
    [{ sampling: { name: 'repeat-factor' } }, 'sampling.threshold'],
    [{ sampling: { name: 'class-balanced', threshold: 0.1 } }, 'sampling.threshold: there is no such'],
    [{ sampling: { name: 'uniform', noisyWeight: 2 } }, 'sampling.noisyWeight'],
    [{ noise: { name: 'generalised-cross-entropy', q: 1.5 } }, 'noise.q'],
    [{ evaluation: { crops: 3 } }, 'evaluation.crops'],
  ])('%j is refused with a word for it', (change, word) => {
    const parsed = parseOrReject(RunConfig, { ...example, ...change }, 'RUN.json')
    expect(isRejection(parsed) && parsed.message).toContain(word)
  })

  const head = { train: 'head', epochs: 3, views: 4 }
  const all = { train: 'all', epochs: 2 }
  const { epochs: _, optimizer, ...unphased } = example
  const ALIKE = 'alike without an augmentation'

  it.each([
    [{ epochs: 2 }, ['epochs: remove it: with phases, each of them has epochs or steps']],
    [{ steps: 2 }, ['steps: remove it']],
    [{ optimizer: undefined }, ['phases.0.optimizer: there is none', 'phases.1.optimizer: there is none']],
    [{ optimizer: undefined, phases: [{ ...head, optimizer }, all] }, ['phases.1.optimizer: there is none']],
    [{ phases: [head, { train: 'all' }] }, ['phases.1.epochs: it is missing: give either epochs or steps']],
    [{ phases: [head, { ...all, steps: 2 }] }, ['phases.1.steps: there are epochs already']],
    [
      { phases: [head, { ...all, views: 2 }] },
      ['phases.1.views: remove it: only a phase that trains the head'],
    ],
    [{ phases: [head, { ...all, samplesPerChunk: 5 }] }, ['phases.1.samplesPerChunk: ', '16 is none of 5']],
    [
      { samplesPerChunk: 8, phases: [{ ...head, samplesPerTask: 12 }, all] },
      ['phases.0.samplesPerTask: ', '12 is none of 8'],
    ],
    [{ samplesPerChunk: 5, phases: [head, all] }, ['valid: samplesPerChunk: ']],
    [{ augmentation: {}, phases: [all, head] }, [`phases.1.views: several views of a photo are ${ALIKE}`]],
    [{ phases: [{ ...head, augmentation: {} }] }, ['phases.0.views: ']],
  ])('PH1: %j beside phases is refused with the field to change', (change, words) => {
    const run = { ...unphased, optimizer, phases: [head, all], ...change }
    const parsed = parseOrReject(RunConfig, run, 'RUN.json')
    if (!isRejection(parsed)) throw new Error('it was taken')
    for (const word of words) expect(parsed.message).toContain(word)
    expect(parsed.message).not.toContain('value:')
    expect(parsed.message.split('; ')).toHaveLength(words[0]!.includes('optimizer') ? words.length : 1)
  })

  it('PH2: no views are refused for what they are, and for nothing else', () => {
    const run = { ...unphased, optimizer, augmentation: {}, phases: [{ ...head, views: 0 }] }
    const parsed = parseOrReject(RunConfig, run, 'RUN.json')
    expect(isRejection(parsed) && parsed.message).toMatch(/is not valid: phases\.0\.views: [^;]*$/)
    expect(isRejection(parsed) && parsed.message).not.toContain(ALIKE)
  })
})

it('equal values have equal canonical text', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}')
  expect(hashOfText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

it('the layout orders quantised, exact, statistics, and keeps the order within', () => {
  const trainable = { role: 'trainable', decay: true } as const
  const layout = layoutOf([
    { name: 'bias', shape: [4], ...trainable },
    { name: 'mean', shape: [4], role: 'statistic', decay: false },
    { name: 'kernel', shape: [3, 4], ...trainable },
  ])
  expect(layout.entries.map(({ spec, offset }) => [spec.name, offset])).toEqual([
    ['kernel', 0],
    ['bias', 12],
    ['mean', 16],
  ])
  expect(layout).toMatchObject({ quantised: 12, exact: 4, statistics: 4, total: 20 })
  expect(() =>
    layoutOf([
      { name: 'a', shape: [], ...trainable },
      { name: 'a', shape: [], ...trainable },
    ]),
  ).toThrow('same name')
})
