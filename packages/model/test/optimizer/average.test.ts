import { describe, expect, it } from 'vitest'
import { averageDecay, averageRange, initOptimizer, nextAverage } from '../../src/optimizer/index.ts'
import { optimizerConfig, smallLayout } from './steps-by-hand.ts'

const begin = (ema: number, weights: number[]) =>
  initOptimizer(optimizerConfig({ name: 'sgd', ema }), smallLayout, Float32Array.from(weights)).average!

describe('OP7: the average of the weights', () => {
  it('begins as the weights the run begins with; a run without `ema` has none', () => {
    expect(begin(0.5, [1, 2, 3, 4])).toEqual({ updates: 0, values: Float32Array.from([1, 2, 3, 4]) })
    const weights = new Float32Array(4)
    expect(initOptimizer(optimizerConfig({ name: 'sgd' }), smallLayout, weights).average).toBeNull()
  })

  it('is d^T w_0 + (1 - d) sum of d^(T - t) w_t, statistics included', () => {
    // 1/8 is below all that the warm-up allows.
    const d = 0.125
    let average = begin(d, [8, 0, -8, 64])
    const weights = Array.from({ length: 10 }, (_, t) => [t, 2 * t, -t, 1 / (t + 1)])
    for (const step of weights) average = nextAverage(average, Float32Array.from(step), d)
    const closed = [8, 0, -8, 64].map((first, i) =>
      weights.reduce((sum, step, t) => sum + (1 - d) * d ** (9 - t) * step[i]!, d ** 10 * first),
    )
    expect([...average.values]).toEqual(closed.map((value) => expect.closeTo(value, 5)))
    expect(average.updates).toBe(10)
  })

  it('a young one forgets faster: at most (1 + t) / (10 + t) at update t', () => {
    expect([0, 1, 2].map((before) => averageDecay(0.999, before))).toEqual([2 / 11, 3 / 12, 4 / 13])
    expect(averageDecay(0.999, 8990)).toBe(0.999)
    expect(averageDecay(0.999, 8988)).toBeLessThan(0.999)
    let average = begin(0.999, [1000, 0, 0, 0])
    for (let t = 0; t < 20; t++) average = nextAverage(average, new Float32Array(4), 0.999)
    // Of the first weights 2·3·…·21 / 11·12·…·30 is left: one in twenty million.
    expect(average.values[0]! / 1000).toBeLessThan(1e-6)
  })

  it('of weights that stay is these weights, to the bit', () => {
    const weights = Float32Array.from([0.1, -3.7, 1e-20, 5e10])
    let average = begin(0.9, [...weights])
    for (let t = 0; t < 50; t++) average = nextAverage(average, weights, 0.9)
    expect(average.values).toEqual(weights)
  })

  it('OP9: in slices it has the same bits, and its arguments stay', () => {
    const before = Float32Array.from([1, 2, 3, 4])
    const weights = Float32Array.from([0.3, 0.7, 0.1, -9])
    const after = new Float32Array(4)
    const work = { decay: 0.97, before, weights, after }
    for (const [start, end] of [
      [2, 4],
      [0, 1],
      [1, 2],
    ] as const)
      averageRange({ ...work, start, end })
    expect(after).toEqual(before.map((value, i) => 0.97 * value + (1 - 0.97) * weights[i]!))
    expect([...before]).toEqual([1, 2, 3, 4])
  })
})
