import { describe, expect, test } from 'vitest'
import { bestOf, fuse, rankOf } from '../src/ranking.ts'

describe('the order of species', () => {
  const scores = Float32Array.of(0.1, 0.3, 0.1, 0.3, 0.2)

  test('of equal scores the smaller index comes first', () => {
    expect([0, 1, 2, 3, 4].map((species) => rankOf(species, scores))).toEqual([3, 0, 4, 1, 2])
    expect(bestOf(scores, 3).map(([species]) => species)).toEqual([1, 3, 4])
  })

  test('the best are as many as there are species, where that is fewer', () => {
    expect(bestOf(Float32Array.of(0.25, 0.75), 5)).toEqual([
      [1, 0.75],
      [0, 0.25],
    ])
  })

  test('the best and the ranks are the same order', () => {
    const many = Float32Array.from({ length: 200 }, (_, i) => ((i * 7919) % 31) / 31)
    for (const [rank, [species]] of bestOf(many, 200).entries()) expect(rankOf(species, many)).toBe(rank)
  })

  test('photos of one plant are fused by their mean: a photo that shows nothing does not overrule another', () => {
    const fused = fuse([Float32Array.of(0.9, 0.05, 0.05), Float32Array.of(0, 0.5, 0.5)])
    expect([...fused].map((value) => Number(value.toFixed(3)))).toEqual([0.45, 0.275, 0.275])
  })
})
