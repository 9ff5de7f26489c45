/** What the operator sees: curves, workers, and how one comes in. */
import type { WorkerSummary } from '@worldflora/protocol/operator'
import { RunConfig } from '@worldflora/protocol/run-config'
import type { RunDetail, RunHistory, RunStatus } from '@worldflora/protocol/runs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { accuracyCurve, lossCurve, movingMean } from '../src/dashboard/curves-of-run.ts'
import { delayCurve } from '../src/dashboard/health-curve.ts'
import {
  changesIn,
  forkedWords,
  keptWords,
  leavingWith,
  rolledBackWords,
} from '../src/dashboard/kept-words.ts'
import { tokenIn } from '../src/dashboard/operator.ts'
import { phaseCards } from '../src/dashboard/phase-cards.ts'
import { recipeWords } from '../src/dashboard/recipe-words.ts'
import { givenWords, rejectedWords, waitingAgainWords } from '../src/dashboard/review-words.ts'
import { rowsOf } from '../src/dashboard/worker-rows.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const step = (n: number, loss: number) => ({
  step: n,
  epoch: 0,
  loss,
  accuracy: loss / 10,
  seconds: 1,
  learningRate: 0.1,
})
const evaluation = (n: number, top1: number) => ({
  step: n,
  split: 'val' as const,
  photos: 10,
  top1,
  top5: 1,
  macroTop1: top1,
  observations: { top1: top1 + 0.1, top5: 1 },
})

describe('curves', () => {
  it('keep an evaluation whose step was thinned out of the history', () => {
    const history: RunHistory = {
      steps: [step(1, 3), step(5, 2)],
      evaluations: [evaluation(3, 0.4)],
      rollbacks: [],
    }
    const { at, series } = accuracyCurve(history)
    expect(at).toEqual([1, 3, 5])
    expect(series.map(({ values }) => values)).toEqual([
      [0.3, null, 0.2],
      [null, 0.4, null],
      [null, 0.5, null],
    ])
  })

  it('say in words what they show, also when there is nothing yet', () => {
    expect(lossCurve(null).summary).toBe('No step is through yet.')
    expect(lossCurve({ steps: [step(1, 3), step(2, 1)], evaluations: [], rollbacks: [] }).summary).toBe(
      'From 3.00 to 2.00 at step 2.',
    )
  })

  it('LC3: show where the run was taken back to', () => {
    const rollbacks = [{ from: 9, to: 2 }]
    const curve = lossCurve({ steps: [step(1, 3), step(2, 1)], evaluations: [], rollbacks })
    expect(curve.marks).toEqual([2])
    expect(curve.summary).toContain('taken back from step 9 to 2')
  })

  it('the moving mean does not lag behind at the beginning', () => {
    expect(movingMean([4, 2, 3])).toEqual([4, 3, 3])
    expect(movingMean([])).toEqual([])
  })
})

describe('FB6: submissions that are rejected together', () => {
  const by = (...authors: string[]) => authors.map((author) => ({ author, photos: [{}, {}] as never[] }))

  it('are named before they go, each author once and not too many', () => {
    expect(plain(givenWords(by('Ann')))).toBe('2 photos by Ann')
    expect(plain(givenWords(by('Ann', 'Zoë', 'Ann')))).toBe('6 photos by Ann and Zoë')
    expect(plain(givenWords(by('a', 'b', 'c', 'd')))).toBe('8 photos by a, b, c, and d')
    expect(plain(givenWords(by('a', 'b', 'c', 'd', 'e')))).toBe('10 photos by a, b, c, and 2 others')
  })

  it('are counted after, apart from those that somebody had decided meanwhile', () => {
    expect(plain(rejectedWords(3, 3))).toBe('3 submissions are rejected.')
    expect(plain(rejectedWords(3, 1))).toBe(
      '1 submission is rejected. 2 had been decided meanwhile, and stay so.',
    )
    expect(rejectedWords(3, 0)).toContain('Nothing is rejected')
    expect(plain(waitingAgainWords(2))).toBe('2 submissions wait again.')
  })
})

describe('the coordinator’s delay', () => {
  const window = (forMs: number, p50Ms: number, p99Ms: number, mostMs: number) => ({
    forMs,
    p50Ms,
    p99Ms,
    mostMs,
  })

  it('is drawn until now, the oldest window first, and said in words', () => {
    const loop = [window(4000, 0.1, 2, 5), window(10_000, 0.2, 30, 1400), window(10_000, 0.3, 1, 3)]
    const { at, series, summary } = delayCurve({ loop, rssBytes: 1, heapBytes: 1 })
    expect(at.map((minutes) => Math.round(minutes * 60))).toEqual([-14, -4, 0])
    expect(series.map(({ values }) => values)).toEqual([
      [0.3, 0.2, 0.1],
      [1, 30, 2],
      [3, 1400, 5],
    ])
    expect(plain(summary)).toBe(
      'Over less than a minute: 99 of 100 turns at most 30 ms late, the longest 1.4 s.',
    )
    expect(delayCurve(null).summary).toBe('Not measured yet.')
  })
})

describe('the workers’ table', () => {
  const worker = (id: string, backend: 'wasm' | 'webgpu', images: number) =>
    ({
      id,
      host: 'browser',
      backend,
      deterministic: true,
      connected: true,
      working: null,
      images,
      imagesPerSecond: null,
      joinedAt: '',
    }) as unknown as WorkerSummary
  const workers = [worker('a', 'wasm', 5), worker('b', 'webgpu', 9), worker('c', 'wasm', 5)]

  it('filters by every word and sorts by a column, equal rows by id', () => {
    const ids = (filter: string, direction: 'ascending' | 'descending') =>
      rowsOf(workers, filter, { column: 'images', direction }).map(({ id }) => id)
    expect(ids('', 'descending')).toEqual(['b', 'a', 'c'])
    expect(ids('', 'ascending')).toEqual(['a', 'c', 'b'])
    expect(ids('tab WASM', 'ascending')).toEqual(['a', 'c'])
  })
})

describe('kept checkpoints', () => {
  it('LC1: say why they are kept', () => {
    expect(keptWords({ why: ['latest', 'newest', 'best'] })).toBe(
      'The latest, among the newest, the best so far',
    )
  })

  it('LC1: those that are kept for nothing else go when fewer of the newest are kept', () => {
    const why = {
      0: ['start'],
      4: ['newest'],
      8: ['newest', 'best'],
      12: ['newest'],
      16: ['latest', 'newest'],
    }
    const kept = Object.entries(why).map(([at, why]) => ({ step: Number(at), why }) as never)
    expect(leavingWith(kept, 4)).toEqual([])
    expect(leavingWith(kept, 1)).toEqual([4, 12])
    expect(leavingWith(kept, 0)).toEqual([4, 12])
  })

  it('LC2, LC3: what came of a fork or a rollback is said, a fresh optimizer included', () => {
    expect(forkedWords('b', { id: 'b' as never, step: 1200, optimizer: 'kept' })).toBe(
      '“b” has begun, at step 1,200.',
    )
    const dropped = { steps: 3, evaluations: 1, pending: 1, features: 0 }
    expect(plain(rolledBackWords('a', { step: 2, dropped, optimizer: 'fresh' }))).toBe(
      '“a” is at step 2 again, paused. Dropped: 3 steps, 2 measurements. Its optimizer is another one, and starts afresh. Resume it to go on from there.',
    )
  })

  it.each([
    ['', {}],
    [' {"epochs": 3} ', { epochs: 3 }],
    ['{"epochs": 3', null],
    ['[1]', null],
    ['null', null],
  ])('LC2: changes as %j', (text, changes) => expect(changesIn(text)).toEqual(changes))
})

describe('a run’s recipe', () => {
  const optimizer = { name: 'sgd', learningRate: 0.1, schedule: 'cosine', warmupEpochs: 1 }
  const common = {
    name: 'wild',
    flora: 'wild',
    seed: 3,
    architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 },
    samplesPerTask: 16,
    tasksPerStep: 4,
    augmentation: { crop: true, flip: true, color: 0.2 },
    optimizer,
  }
  const detail = (config: object, more: Partial<RunDetail> = {}) =>
    ({
      config: v.parse(RunConfig, { ...common, ...config }),
      flora: { name: 'wild', hash: '', species: 24 },
      samplesPerEpoch: 1000,
      phaseEvaluations: [],
      origin: null,
      initialWeights: null,
      ...more,
    }) as unknown as RunDetail
  const run = (step: number, more: Partial<RunStatus> = {}) =>
    ({ state: 'running', step, ...more }) as RunStatus
  const said = (words: readonly { name: string; words: string }[]) =>
    Object.fromEntries(words.map(({ name, words }) => [name, plain(words)]))

  it('says what the whole run is made of, and nothing that is not set', () => {
    expect(said(recipeWords(detail({ epochs: 2 })))).toEqual({
      Network: 'MobileNetV1 of width 0.25, for 96 × 96 pixels: 219,240 parameters, 6,168 of them in the head',
      Learns: '24 species of wild, 1,000 photos an epoch',
      'Begins with': 'random weights, of seed 3',
      'Measured on': 'the middle of each photo',
      Machines: 'those that give the same bits (WASM); gradients travel in 8 bits',
    })
    const long = {
      epochs: 2,
      backend: 'any',
      labelSmoothing: 0.1,
      sampling: { name: 'repeat-factor', threshold: 0.001, noisyWeight: 0.5 },
      noise: { name: 'generalised-cross-entropy', q: 0.7 },
      evaluation: { crops: 5 },
      publishBest: true,
    }
    expect(said(recipeWords(detail(long)))).toMatchObject({
      Sampling:
        'species with less than 0.1 % of the photos come more often; a photo that is not trusted counts 0.5',
      'Label smoothing': '0.1',
      'Doubtful labels': 'generalised cross-entropy with q 0.7, for photos that are not trusted',
      'Measured on': '5 crops of each photo',
      Machines: 'any, GPUs too; gradients travel in 8 bits',
      Published: 'by itself, each time it is better than before',
    })
    expect(said(recipeWords(detail({ epochs: 2, logitAdjustment: 1 })))).toHaveProperty('Logit adjustment')
  })

  it.each([
    [null, 24, 'weights that were brought (abcdefabcdef); the head knew every species'],
    [
      { name: 'big', step: 1200 },
      20,
      'step 1,200 of big (abcdefabcdef); the head knew 20 of 24 species, the others started fresh',
    ],
    [{ name: 'big', step: 3 }, 0, 'step 3 of big (abcdefabcdef); its head started fresh'],
  ])('WT1: begun with %j and %i rows of the head', (from, headRows, words) => {
    const pinned = { hash: 'abcdef'.repeat(10), from, headRows } as RunDetail['initialWeights']
    const origin = { name: 'before', step: 8 } as RunDetail['origin']
    const begun = (more: Partial<RunDetail>) => said(recipeWords(detail({ epochs: 2 }, more)))['Begins with']
    expect(begun({ initialWeights: pinned })).toBe(words)
    expect(begun({ initialWeights: pinned, origin })).toBe(`step 8 of before, which began with ${words}`)
    expect(begun({ origin })).toBe('step 8 of before')
  })

  const phases = [
    {
      train: 'head',
      epochs: 20,
      samplesPerTask: 250,
      tasksPerStep: 1,
      views: 4,
      optimizer: { name: 'adamw', learningRate: 0.01 },
      noise: { name: 'generalised-cross-entropy', q: 0.5 },
    },
    { train: 'all', steps: 100, evaluateEveryEpochs: 2 },
  ]

  it('PH1: has a card for each phase, with all that the phase does', () => {
    const measured = { ...evaluation(80, 0.4), top5: 0.8 }
    const [head, all] = phaseCards(
      detail({ phases }, { phaseEvaluations: [{ ...measured, split: 'test', top1: 0.1 }, measured] }),
      run(90),
    )
    expect(head).toMatchObject({ title: '1. The head', done: 80, total: 80, progress: 'Done' })
    expect(said(head!.facts)).toEqual({
      Length: '20 epochs, 80 steps',
      Batch: '250 photos a step: 1 task of 250',
      Rate: '0.01, constant',
      Optimizer: 'AdamW, betas 0.9 and 0.999',
      Views: '4 of each photo: the middle, 3 with random crops, mirroring and colours by up to 20 %',
      Measured: 'each epoch, and at its end',
      'Doubtful labels': 'generalised cross-entropy with q 0.5, for photos that are not trusted',
      'Came to': '40 % right, 80 % among the first five',
      'By observation': '50 % right, 100 % among the first five',
    })
    expect(all).toMatchObject({ title: '2. All of the network', done: 10, total: 100, state: 'under-way' })
    expect(plain(all!.progress)).toBe('Under way: 10 of 100 steps')
    expect(said(all!.facts)).toEqual({
      Length: 'about 6.4 epochs, 100 steps',
      Batch: '64 photos a step: 4 tasks of 16',
      Rate: '0.1, down to 0 along a cosine, after a warm-up of 1 epoch',
      Optimizer: 'SGD, momentum 0.9',
      Augmentation: 'random crops, mirroring and colours by up to 20 %',
      Measured: 'every 2 epochs, and at its end',
    })
  })

  it.each([
    [
      run(0, { phase: { number: 1, of: 2, train: 'head', extracting: true } }),
      'Under way: features are extracted first',
      'To come',
    ],
    [run(3, { state: 'paused' }), 'Paused after 3 of 80 steps', 'To come'],
    [run(80, { state: 'stopped' }), 'Done', 'Stopped after 0 of 100 steps'],
    [run(180, { state: 'finished' }), 'Done', 'Done'],
  ])('PH1: how far the phases are: %#', (run, ...words) => {
    expect(phaseCards(detail({ phases }), run).map(({ progress }) => plain(progress))).toEqual(words)
  })

  it.each([
    [
      { schedule: 'cosine', endFactor: 0.1, referenceBatch: 256 },
      '0.025 (0.1 for 256 photos), down to 0.0025 along a cosine',
    ],
    [{ schedule: 'polynomial' }, '0.1, down to 0 in a straight line'],
    [{ schedule: 'polynomial', power: 2 }, '0.1, down to 0 with the power 2'],
    [{ schedule: 'step', stepEpochs: [30, 60] }, '0.1, times 0.1 after epochs 30 and 60'],
  ])('says the rate of %j', (rate, words) => {
    const [card] = phaseCards(
      detail({ epochs: 90, optimizer: { name: 'sgd', learningRate: 0.1, ...rate } }),
      run(0),
    )
    expect(said(card!.facts).Rate).toBe(words)
  })
})

describe('a pasted link', () => {
  it.each([
    ['http://site/dashboard#token=abc-1', 'abc-1'],
    ['#token=abc-1', 'abc-1'],
    ['  abc-1 ', 'abc-1'],
    ['http://site/dashboard', null],
    ['', null],
  ])('%s', (text, token) => expect(tokenIn(text)).toBe(token))
})
