import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFloat16, encodeFloat16, isFiniteFloat16 } from '../src/float16.ts'

const bytesOf = (...halves: number[]) => new Uint8Array(Uint16Array.from(halves).buffer)
const halfOf = (value: number) => new Uint16Array(encodeFloat16(Float32Array.of(value)).buffer)[0]

describe('half precision', () => {
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.9, 0x7bff],
    [65_520, 0x7c00],
    [1e30, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -25, 0x0001],
    [1 / 3, 0x3555],
    [-0, 0x8000],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
    // Halfway between two halves: the even one.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('SD3: %d is 0x%i', (value, half) => expect(halfOf(value)).toBe(half))

  it('every half comes back as it was', () => {
    const halves = Array.from({ length: 65_536 }, (_, half) => half).filter(
      (half) => (half & 0x7c00) !== 0x7c00 || (half & 0x3ff) === 0,
    )
    expect(encodeFloat16(decodeFloat16(bytesOf(...halves)))).toEqual(bytesOf(...halves))
  })

  it('no half is nearer than the one chosen', () => {
    const neighbours = (half: number) => decodeFloat16(bytesOf(half - 1, half, half + 1))
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-7), max: 60_000, noNaN: true }), (value) => {
        const [below, chosen, above] = neighbours(Math.max(1, halfOf(value)!)) as unknown as number[]
        const error = Math.abs(chosen! - value)
        expect(error).toBeLessThanOrEqual(Math.abs(above! - value))
        if (halfOf(value)! > 0) expect(error).toBeLessThanOrEqual(Math.abs(below! - value))
      }),
    )
  })

  it('IN1: what is not finite is found', () => {
    expect(isFiniteFloat16(bytesOf(0x7bff, 0xfbff, 0))).toBe(true)
    for (const half of [0x7c00, 0xfc00, 0x7e00]) expect(isFiniteFloat16(bytesOf(0, half))).toBe(false)
  })
})
