import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codedBlockWords, readCoded, writeCoded } from '../src/block-coding.ts'
import { readPlain, writePlain } from '../src/plain-block.ts'
import { UnitBlock } from '../src/unit-block.ts'

const limit = 2n ** 63n
/** As often small as large: a uniform draw of 64 bits would hardly ever be small. */
const whole = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: -limit + 1n, max: limit - 1n }))
  .map(([bits, value]) => value >> BigInt(bits))
const narrow = fc.integer({ min: -128, max: 127 }).map(BigInt)
const blocks = fc.oneof(
  fc.array(narrow, { minLength: 1, maxLength: 1024, size: 'max' }),
  fc.array(whole, { minLength: 1, maxLength: 64, size: 'max' }),
  // One outlier among small ones.
  fc
    .tuple(fc.array(narrow, { minLength: 1, maxLength: 200, size: 'max' }), whole)
    .map(([all, one]) => [...all, one]),
)

export function blockOf(values: readonly bigint[]): UnitBlock {
  const block = new UnitBlock()
  block.clear(values.length)
  for (const [i, value] of values.entries()) {
    block.low[i] = Number(BigInt.asIntN(32, value))
    block.high[i] = Number(BigInt.asIntN(32, value >> 32n))
  }
  return block
}

export function valuesOf(block: UnitBlock): bigint[] {
  return Array.from(
    { length: block.length },
    (_, i) => (BigInt(block.high[i]!) << 32n) | BigInt(block.low[i]! >>> 0),
  )
}

describe.each([
  { coding: 'coded', write: writeCoded, read: readCoded },
  { coding: 'plain', write: writePlain, read: readPlain },
])('a $coding block', ({ write, read }) => {
  it('RD2: gives back every whole number below 2^63', () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const words = new Uint32Array(codedBlockWords(values.length, 64) + 8).fill(0xffffffff)
        const { shift, parameter, end } = write(blockOf(values), words, 3)
        const block = new UnitBlock()
        block.length = values.length
        expect(read(block, parameter, words.subarray(0, end), 3, end)).toBe(end)
        expect(valuesOf(block).map((value) => value << BigInt(shift))).toEqual(values)
      }),
      { numRuns: 300 },
    )
  })

  it('IN1: any words and parameter are read within their end, or refused', () => {
    const words = fc.uint32Array({ maxLength: 300, size: 'max' })
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 1024 }),
        (all, parameter, length) => {
          const block = new UnitBlock()
          block.length = length
          const end = read(block, parameter, all, 0, all.length)
          expect(end).toBeGreaterThanOrEqual(-1)
          expect(end).toBeLessThanOrEqual(all.length)
        },
      ),
    )
  })
})

it('a coded block of int8 mantissas takes at most nine bits a value', () => {
  const uniform = Array.from({ length: 1024 }, (_, i) => BigInt(((i * 167) % 256) - 128))
  const words = new Uint32Array(4096)
  expect(writeCoded(blockOf(uniform), words, 0).end).toBeLessThanOrEqual((1024 * 9) / 32)
})

it('RD2: sums of blocks are those of 64-bit integers, shifts and carries included', () => {
  const shifted = fc.tuple(fc.bigInt({ min: -(2n ** 47n), max: 2n ** 47n }), fc.integer({ min: 0, max: 63 }))
  fc.assert(
    fc.property(fc.array(shifted, { minLength: 1, maxLength: 30 }), (parts) => {
      const total = blockOf([0n])
      for (const [value, shift] of parts) total.addBlock(blockOf([value]), shift)
      const sum = parts.reduce((all, [value, shift]) => all + (value << BigInt(shift)), 0n)
      expect(valuesOf(total)).toEqual([BigInt.asIntN(64, sum)])
      const { shift } = total.reduce()
      if (shift < 0) expect(BigInt.asIntN(64, sum)).toBe(0n)
      else expect(valuesOf(total)[0]! << BigInt(shift)).toBe(BigInt.asIntN(64, sum))
    }),
  )
})
