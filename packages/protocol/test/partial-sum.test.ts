import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EncodedVector, encodeVector, parseVector } from '../src/gradient-codec.ts'
import { hashOf } from '../src/hash.ts'
import {
  addPartialSum,
  type Coding,
  largestPartialSumBytes,
  mergePartialSums,
  type PartialSum,
  type PartialSumKind,
  parsePartialSum,
  partialSumOf,
  TASKS_MAX,
} from '../src/partial-sum.ts'
import { RandomStream } from '../src/random.ts'
import { isRejection, type Rejection } from '../src/rejection.ts'
import type { Wire } from '../src/run-config.ts'

const UNIT = -28
const RANGE = 2 ** (47 + UNIT)
const wires: Wire[] = ['int8', 'int16', 'float32']
const codings: Coding[] = ['plain', 'coded']
const everything = { tasks: TASKS_MAX }

function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}

/** Gradients of all magnitudes: nothing, single units, outliers, the end of the range. */
function contribution(kind: PartialSumKind, seed: number): EncodedVector {
  const random = new RandomStream(seed, 'initialWeights')
  const { quantised, exact, wire, unitExponent } = kind
  const values = Float32Array.from({ length: quantised + exact }, (_, i) => {
    const noise = random.normal()
    switch ((Math.floor(i / 1024) + seed) % 5) {
      case 0:
        return 0
      case 1:
        return noise * 2 ** UNIT
      case 2:
        return i % 1024 === 7 ? noise * 1000 : noise * 1e-4
      case 3:
        return noise * 1e-42
      default:
        return Math.sign(noise) * RANGE * 0.99
    }
  })
  const request = {
    values,
    layout: kind,
    wire,
    unitExponent,
    random: new RandomStream(seed, 'roundGradient'),
  }
  return must(parseVector(must(encodeVector(request)), kind))
}

function kindOf(wire: Wire, shape = { quantised: 6000, exact: 1333 }): PartialSumKind {
  return { ...shape, wire, unitExponent: UNIT }
}

function sumsOf(bytes: Uint8Array, kind: PartialSumKind): BigInt64Array {
  const sums = new BigInt64Array(kind.quantised + kind.exact)
  addPartialSum(must(parsePartialSum(bytes, kind, everything)), sums)
  return sums
}

/** `toEqual` takes a second for what this does in a millisecond. */
function isSame(a: ArrayLike<bigint>, b: ArrayLike<bigint>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i])
}

/** What the sum is by definition, with arbitrary precision. */
function bigSumsOf(all: readonly EncodedVector[]): bigint[] {
  return Array.from({ length: all[0]!.quantised + all[0]!.exact }, (_, i) =>
    all.reduce((sum, one) => sum + unitsOf(one, i), 0n),
  )
}

function unitsOf({ wire, quantised, mantissas, exponents, exactValues }: EncodedVector, i: number): bigint {
  if (i < quantised && wire !== 'float32') {
    return BigInt(mantissas[i]!) << BigInt(exponents[i >> 10]! - UNIT)
  }
  return BigInt((i < quantised ? mantissas[i]! : exactValues[i - quantised]!) * 2 ** -UNIT)
}

describe.each(wires)('partial sums on the %s wire', (wire) => {
  const kind = kindOf(wire)

  it('RD1, RD2, BY2: merged in any order and grouping, plain or coded, they are the same bytes and the exact sum', () => {
    const contributions = Array.from({ length: 6 }, (_, seed) => contribution(kind, seed))
    const expected = bigSumsOf(contributions)
    const golden = new Map(codings.map((coding) => [coding, mergePartialSums(contributions, coding)]))
    for (const bytes of golden.values()) expect(isSame(sumsOf(bytes, kind), expected)).toBe(true)
    const coding = fc.constantFrom(...codings)
    const merges = fc.array(fc.tuple(fc.nat(), fc.nat(), coding, fc.boolean()), {
      minLength: 5,
      maxLength: 5,
    })
    fc.assert(
      fc.property(merges, coding, (plan, last) => {
        const parts: (EncodedVector | PartialSum)[] = [...contributions]
        for (const [a, b, coding, alone] of plan) {
          const take = (at: number) => parts.splice(at % parts.length, 1)[0]!
          const pair = [take(a), take(b)].map((part) =>
            alone && !('tasks' in part)
              ? must(parsePartialSum(partialSumOf(part, coding), kind, everything))
              : part,
          )
          parts.push(must(parsePartialSum(mergePartialSums(pair, coding), kind, everything)))
        }
        expect(Buffer.compare(mergePartialSums(parts, last), golden.get(last)!)).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  it('RD1: 2^16 contributions at the ends of the range add up without a bit lost', () => {
    const shape = { quantised: 130, exact: 5 }
    const small = kindOf(wire, shape)
    // The largest that each wire and section can say below the range.
    const largest = { int8: 127 * 2 ** 40, int16: 32767 * 2 ** 32, float32: (2 ** 24 - 1) * 2 ** 23 }[wire]
    const exactLargest = (2 ** 24 - 1) * 2 ** 23
    const values = Float32Array.from({ length: 135 }, (_, i) => {
      const size = (i < 130 ? largest : exactLargest) * 2 ** UNIT
      return i % 3 === 0 ? -size : i === 1 ? 2 ** UNIT : size
    })
    const request = { values, layout: shape, wire, unitExponent: UNIT, random: null }
    const one = must(parseVector(must(encodeVector(request)), small))
    let part: PartialSum = must(parsePartialSum(partialSumOf(one, 'coded'), small, everything))
    for (let doubling = 0; doubling < 16; doubling++) {
      const coding = codings[doubling % 2]!
      part = must(parsePartialSum(mergePartialSums([part, part], coding), small, everything))
    }
    expect(part.tasks).toBe(TASKS_MAX)
    expect(part.bytes.byteLength).toBeLessThanOrEqual(largestPartialSumBytes(small, TASKS_MAX))
    expect([...sumsOf(part.bytes, small)]).toEqual(bigSumsOf([one]).map((value) => value * 65_536n))
    expect(() => mergePartialSums([part, one], 'coded')).toThrow(/65537 tasks/)
  })

  it.each(codings)('BY3: a %s sum is never larger than promised', (coding) => {
    for (const seed of [0, 1, 2, 3, 4]) {
      const bytes = partialSumOf(contribution(kind, seed), coding)
      expect(bytes.byteLength).toBeLessThanOrEqual(largestPartialSumBytes(kind, 1))
    }
  })

  it.each(codings)(
    'IN1: %s bytes that are cut, longer, of another kind or of too many tasks are refused',
    (coding) => {
      const bytes = mergePartialSums([contribution(kind, 1), contribution(kind, 2)], coding)
      const refused = (changed: Uint8Array, expected = kind, tasks = 2) =>
        expect(parsePartialSum(changed, expected, { tasks })).toMatchObject({ code: 'malformed-partial-sum' })
      for (const length of [0, 3, 23, 24, 31, 40, bytes.length >> 1, bytes.length - 4, bytes.length - 1]) {
        refused(bytes.subarray(0, length))
      }
      refused(Uint8Array.from([...bytes, 0, 0, 0, 0]))
      refused(bytes, kind, 1)
      refused(bytes, { ...kind, unitExponent: UNIT + 1 })
      refused(bytes, { ...kind, quantised: kind.quantised + 1 })
      refused(bytes, { ...kind, exact: kind.exact - 1 })
      for (let at = 0; at < 32; at++) {
        const changed = bytes.slice()
        changed[at] = changed[at]! ^ 0x80
        if (at !== 6) refused(changed)
      }
    },
  )

  it.each(codings)(
    'IN1: whatever bits of %s bytes are changed, they are refused or read within the range',
    (coding) => {
      const few = kindOf(wire, { quantised: 1500, exact: 200 })
      const bytes = mergePartialSums(
        [contribution(few, 1), contribution(few, 3), contribution(few, 4)],
        coding,
      )
      const bound = 3n * 2n ** 47n
      const flips = fc.array(fc.nat(bytes.length * 8 - 1), { minLength: 1, maxLength: 3 })
      fc.assert(
        fc.property(flips, (bits) => {
          const changed = bytes.slice()
          for (const bit of bits) changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
          const parsed = parsePartialSum(changed, few, { tasks: 3 })
          if (isRejection(parsed)) expect(parsed.code).toBe('malformed-partial-sum')
          else {
            expect(sumsOf(changed, few).every((sum) => sum < bound && -sum < bound)).toBe(true)
          }
        }),
        { numRuns: 400 },
      )
    },
  )

  it.each(codings)('reads %s bytes that do not lie on a border of four', (coding) => {
    const bytes = partialSumOf(contribution(kind, 2), coding)
    const pool = Buffer.alloc(bytes.byteLength + 8)
    pool.set(bytes, 1)
    expect(isSame(sumsOf(pool.subarray(1, 1 + bytes.byteLength), kind), sumsOf(bytes, kind))).toBe(true)
  })
})

it('RD2: sections longer than a segment, and empty ones', () => {
  for (const shape of [
    { quantised: 140_001, exact: 70_000 },
    { quantised: 0, exact: 3 },
    { quantised: 5, exact: 0 },
  ]) {
    const kind = kindOf('int8', shape)
    const all = [contribution(kind, 2), contribution(kind, 7)]
    const sums = sumsOf(mergePartialSums(all, 'coded'), kind)
    expect(isSame(sums, sumsOf(mergePartialSums(all, 'plain'), kind))).toBe(true)
    for (let i = 0; i < sums.length; i += 997) expect(sums[i]).toBe(unitsOf(all[0]!, i) + unitsOf(all[1]!, i))
  }
})

it('BY1: golden bytes: the format does not change by accident', () => {
  const kind = kindOf('int8', { quantised: 5, exact: 2 })
  const values = Float32Array.from([1, -0.5, 0.25, 0.1, 3e-5, 1e-5, -7])
  const request = { values, layout: kind, wire: kind.wire, unitExponent: UNIT, random: null }
  const one = must(parseVector(must(encodeVector(request)), kind))
  const golden = codings.map((coding) => Buffer.from(partialSumOf(one, coding)).toString('hex'))
  expect(golden).toMatchInlineSnapshot(`
    [
      "5746503100e40000010000000500000002000000000000000c0000000c0000001701000020f0080300000000020400009f020000000000e4",
      "5746503100e40100010000000500000002000000000000000c0000001000000017040000f060000050070000021c00003e0500f0ffff7f0011000000",
    ]
  `)
})

it('golden bytes of many blocks, by hash', () => {
  const hashes = wires.map((wire) => {
    const all = [1, 2, 3].map((seed) => contribution(kindOf(wire), seed))
    return codings.map((coding) => hashOf(mergePartialSums(all, coding)).slice(0, 16))
  })
  expect(hashes).toMatchInlineSnapshot(`
    [
      [
        "698b2afe651d539a",
        "2ca4f92440fe5bc8",
      ],
      [
        "651d4a86e6a8f92e",
        "793f20600f05bbbf",
      ],
      [
        "54a9e0414de7cb29",
        "fe6dc0ce268917f7",
      ],
    ]
  `)
})
