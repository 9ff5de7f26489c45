import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import { describe, expect, test } from 'vitest'
import { measure } from '../src/metrics.ts'

type Row = EvaluateResult['photos'][number]
const row = (
  species: number,
  rank: number,
  probability: number,
  fused?: [rank: number, probability: number],
): Row => ({
  species,
  observation: 'o',
  rank,
  probability,
  best: [],
  ...(fused === undefined ? {} : { fused: { rank: fused[0], probability: fused[1], best: [] } }),
})

describe('measures', () => {
  test('five photos, three observations, two of three species present: counted by hand', () => {
    const measured = measure(
      [
        [row(0, 0, 0.5, [0, 0.5]), row(0, 0, 0.5), row(0, 3, 0.25)],
        [row(2, 4, 0.125, [4, 0.125]), row(2, 5, 0.125, [9, 0.25])],
      ],
      3,
    )
    expect(measured.photos).toBe(5)
    expect(measured.top1).toBeCloseTo(2 / 5)
    expect(measured.top5).toBeCloseTo(4 / 5)
    // Species 0: 2 of 3; species 2: 0 of 2; species 1 has no photo and does not count.
    expect(measured.macroTop1).toBeCloseTo((2 / 3 + 0) / 2)
    // 1 + 1 + 2 + 3 + 3 bits over 5 photos.
    expect(measured.loss).toBeCloseTo((10 * Math.LN2) / 5)
    expect(measured.observations.top1).toBeCloseTo(1 / 3)
    expect(measured.observations.top5).toBeCloseTo(2 / 3)
    // 1 + 3 + 2 bits over 3 observations.
    expect(measured.observations.loss).toBeCloseTo((6 * Math.LN2) / 3)
  })

  test('a truth that was given nothing costs much, but not infinitely much', () => {
    const { loss } = measure([[row(0, 7, 0, [7, 0])]], 10)
    expect(loss).toBeGreaterThan(20)
    expect(loss).toBeLessThan(21)
  })

  test('no photos are no news: all measures are 0', () => {
    expect(measure([], 3)).toEqual({
      photos: 0,
      top1: 0,
      top5: 0,
      macroTop1: 0,
      loss: 0,
      observations: { top1: 0, top5: 0, loss: 0 },
    })
  })
})
