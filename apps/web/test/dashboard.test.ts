/** What the operator sees: curves, workers, and how one comes in. */
import type { RunHistory, WorkerSummary } from '@worldflora/protocol/http'
import { describe, expect, it } from 'vitest'
import { accuracyCurve, lossCurve, movingMean } from '../src/dashboard/curves-of-run.ts'
import { changesIn, keptWords } from '../src/dashboard/kept-words.ts'
import { tokenIn } from '../src/dashboard/operator.ts'
import { rowsOf } from '../src/dashboard/worker-rows.ts'

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
    const { steps, series } = accuracyCurve(history)
    expect(steps).toEqual([1, 3, 5])
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
