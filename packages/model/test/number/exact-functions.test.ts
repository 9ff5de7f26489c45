import { hashOf } from '@worldflora/protocol/hash'
import { naturalLog } from '@worldflora/protocol/natural-log'
import { powerOfTwo } from '@worldflora/protocol/power-of-two'
import { expect, test } from 'vitest'
import { exponential, powerOf } from '../../src/number/exponential.ts'

/** Made of products alone: the inputs too are the same everywhere. */
const spread = Array.from({ length: 4001 }, (_, i) => powerOfTwo((i % 401) - 200) * (1 + (i % 97) / 97))

test('SD3: the natural logarithm is right to a few units in the last place, without the engine’s own', () => {
  for (const x of [...spread, 1, 2, Math.E, Math.SQRT2, 1 - 2 ** -53, 1 + 2 ** -52, 294_000]) {
    const expected = Math.log(x)
    expect(Math.abs(naturalLog(x) - expected)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(expected)))
  }
  expect(naturalLog(1)).toBe(0)
})

test('SD3: so are powers of e, and powers of parts', () => {
  for (let x = -170; x <= 170; x += 0.37) {
    expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-13)
  }
  expect(exponential(0)).toBe(1)
  expect(exponential(-1000)).toBe(0)
  expect(() => exponential(1000)).toThrow(RangeError)
  for (const base of [0, 2 ** -24, 0.3, 0.999, 1]) {
    for (const exponent of [0.03, 0.7, 1, 2, 20]) {
      expect(powerOf(base, exponent)).toBeCloseTo(base ** exponent, 12)
    }
  }
})

test('SD3: their bits are the same in every engine: a golden hash', () => {
  const values = Float64Array.from([...spread.map(naturalLog), ...spread.map((x) => exponential(-x % 170))])
  expect(hashOf(new Uint8Array(values.buffer))).toBe(
    '7ddeca231f6a9ebc6d680077a0d3a06a269df132603b7e75d34372d55d781798',
  )
})
