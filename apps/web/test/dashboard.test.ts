/** What the operator sees: curves, workers, and how one comes in. */
import type { RunHistory, WorkerSummary } from '@worldflora/protocol/http'
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

describe('a pasted link', () => {
  it.each([
    ['http://site/dashboard#token=abc-1', 'abc-1'],
    ['#token=abc-1', 'abc-1'],
    ['  abc-1 ', 'abc-1'],
    ['http://site/dashboard', null],
    ['', null],
  ])('%s', (text, token) => expect(tokenIn(text)).toBe(token))
})
