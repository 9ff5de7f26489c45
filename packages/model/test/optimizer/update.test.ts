import { readdirSync, readFileSync } from 'node:fs'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  globalNorm,
  initOptimizer,
  PIECE,
  squaresOfTensors,
  sumOfSquares,
} from '../../src/optimizer/index.ts'
import { vectorsOf } from '../../src/optimizer/moments.ts'
import { optimizerConfig, stepOnce, steps } from './steps-by-hand.ts'

const SETTINGS = [
  { name: 'sgd', weightDecay: 0.01 },
  { name: 'sgd', nesterov: true, clipNorm: 0.5 },
  { name: 'lars', weightDecay: 0.01, clipNorm: 0.5 },
  { name: 'adamw', weightDecay: 0.01 },
]

const noise = (count: number, seed: number) => {
  const random = new RandomStream(seed, 'initialWeights')
  return Float32Array.from({ length: count }, () => random.normal())
}

describe('OP6: clipping by global norm', () => {
  it('shortens a longer gradient to the bound, over all tensors together', () => {
    // (2, 4, 4) has norm 6.
    const [first] = steps({ name: 'sgd', momentum: 0, clipNorm: 3 }, [[2, 4, 4, 1000]])
    expect(first!.update).toEqual([-0.25, -0.5, -0.5])
  })

  it('leaves a gradient at the bound, or below it, as it is to the bit', () => {
    const gradients = [
      [2, 4, 4, 0],
      [0.1, -0.3, 0.7, 0],
    ]
    const free = steps({ name: 'sgd' }, gradients)
    expect(steps({ name: 'sgd', clipNorm: 6 }, gradients)).toEqual(free)
  })

  it('comes before the decay', () => {
    const [first] = steps({ name: 'sgd', momentum: 0, clipNorm: 3, weightDecay: 0.5 }, [[2, 4, 4, 0]])
    expect(first!.update).toEqual([-0.25 * (1 + 0.5), -0.25 * (2 - 1), -0.5])
  })

  it('never lengthens, and keeps the direction', () => {
    const value = fc.float({ noNaN: true, min: -1000, max: 1000 })
    const vector = fc.array(value, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(vector, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (gradient, clipNorm) => {
        const fields = { name: 'sgd', momentum: 0, learningRate: 1 }
        const [free, clipped] = [fields, { ...fields, clipNorm }].map(
          (one) => steps(one, [[...gradient, 0]])[0]!.update,
        ) as [number[], number[]]
        const [before, after] = [Math.hypot(...free), Math.hypot(...clipped)]
        expect(after).toBeLessThanOrEqual(Math.min(before, clipNorm) * (1 + 1e-6))
        for (const [i, one] of clipped.entries()) expect(one * before).toBeCloseTo(free[i]! * after, -1)
        for (const [i, one] of clipped.entries()) {
          expect(Math.abs(one * before - free[i]! * after)).toBeLessThanOrEqual(1e-5 * before * after)
        }
      }),
    )
  })

  it('sums squares in pieces that end at the same places of the vector, whatever tensors lie in it', () => {
    const layout = layoutOf([
      { name: 'a', shape: [PIECE - 5, 1], role: 'trainable', decay: true },
      { name: 'b', shape: [2 * PIECE + 9, 1], role: 'trainable', decay: true },
      { name: 'c', shape: [3], role: 'trainable', decay: false },
      { name: 'mean', shape: [7], role: 'statistic', decay: false },
    ])
    const values = noise(layout.total, 3)
    const piece = (start: number, end: number) => sumOfSquares(values, start, end)
    expect(squaresOfTensors(layout, values)).toEqual([
      piece(0, PIECE - 5),
      piece(PIECE - 5, PIECE) +
        piece(PIECE, 2 * PIECE) +
        piece(2 * PIECE, 3 * PIECE) +
        piece(3 * PIECE, 3 * PIECE + 4),
      piece(3 * PIECE + 4, 3 * PIECE + 7),
    ])
    const trainable = values.subarray(0, layout.quantised + layout.exact)
    const norm = Math.sqrt(trainable.reduce((sum, value) => sum + value * value, 0))
    expect(globalNorm(squaresOfTensors(layout, values))).toBeCloseTo(norm, 8)
  })

  it('the norm of a gradient that is not finite is not', () => {
    for (const wild of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(Number.isFinite(globalNorm([1, sumOfSquares(Float32Array.from([1, wild]), 0, 2)]))).toBe(false)
    }
    expect(sumOfSquares(Float32Array.from([3.4e38, 3.4e38]), 0, 2)).toBeLessThan(Number.POSITIVE_INFINITY)
  })
})

describe('OP9: slices', () => {
  const layout = layoutOf([
    { name: 'a', shape: [4, 9], role: 'trainable', decay: true },
    { name: 'b', shape: [1, 5], role: 'trainable', decay: true },
    { name: 'c', shape: [6], role: 'trainable', decay: false },
    { name: 'mean', shape: [3], role: 'statistic', decay: false },
  ])

  it.each(SETTINGS)('however the vector is cut, $name has the same bits', (fields) => {
    const config = optimizerConfig(fields)
    const weights = noise(layout.total, 1)
    const start = initOptimizer(config, layout, weights)
    const gradients = [noise(layout.total, 2), noise(layout.total, 3)]
    const make = (cuts: number[]) => {
      let { moments } = start
      return gradients.map((gradient) => {
        const made = stepOnce({ config, weights, gradient, moments, layout, cuts })
        moments = made.moments
        return [made.update, ...vectorsOf(moments)]
      })
    }
    const whole = make([])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 47 }), { maxLength: 6 }), (cuts) => {
        expect(make(cuts.sort((a, b) => a - b))).toEqual(whole)
      }),
    )
  })
})

it('SD3: no file of the optimizer asks the engine for a function whose last bit it may choose', () => {
  const folder = new URL('../../src/optimizer/', import.meta.url)
  const exact = new Set(['PI', 'abs', 'floor', 'max', 'min', 'round', 'sqrt'])
  for (const file of readdirSync(folder)) {
    const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    const asked = [...code.matchAll(/Math\.(\w+)/g)].map((match) => match[1]!)
    expect(asked.filter((name) => !exact.has(name))).toEqual([])
    expect(code).not.toContain('**')
  }
})
