import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDelta, encodeDelta } from '../src/delta-codec.ts'
import { applyVector, encodeVector } from '../src/gradient-codec.ts'
import { hashOf } from '../src/hash.ts'
import { RandomStream } from '../src/random.ts'
import { isRejection, type Rejection } from '../src/rejection.ts'
import type { Wire } from '../src/run-config.ts'
import { encodeWeights } from '../src/tensor-codec.ts'

const wires: Wire[] = ['int8', 'int16', 'float32']
const shape = { quantised: 2500, exact: 333 }
const total = shape.quantised + shape.exact

function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}

function noise(seed: number, scale: number): Float32Array {
  const random = new RandomStream(seed, 'initialWeights')
  return Float32Array.from({ length: total }, () => random.normal() * scale)
}

/** Small updates, and values near those that they replace. */
function request(wire: Wire, seed = 1) {
  const weights = noise(seed, 1)
  const values = noise(seed + 100, 1e-3)
  for (let i = shape.quantised; i < total; i++) values[i] = values[i]! + weights[i]!
  return { values, weights, shape, wire }
}

const kindOf = (wire: Wire) => ({ ...shape, wire, unitExponent: null })
const bitsOf = (values: Float32Array) => hashOf(encodeWeights(values))

describe.each(wires)('a delta on the %s wire', (wire) => {
  it('RS4: leads to the bits that the plain vector leads to, whatever the values', () => {
    const anyValue = fc.float({ noNaN: true, min: -(2 ** 100), max: 2 ** 100 })
    const weight = fc.float({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyValue, weight), { minLength: 2, maxLength: 200, size: 'max' }),
        (pairs) => {
          const exact = pairs.length >> 1
          const few = { quantised: pairs.length - exact, exact }
          const weights = Float32Array.from(pairs, ([, before]) => before)
          const values = Float32Array.from(pairs, ([value]) => value)
          const { bytes, update } = must(encodeDelta({ values, weights, shape: few, wire }))
          const expected = weights.slice()
          applyVector(expected, update)
          const after = weights.slice()
          expect(applyDelta(after, bytes, { ...few, wire, unitExponent: null })).toBeNull()
          expect(bitsOf(after)).toBe(bitsOf(expected))
        },
      ),
    )
  })

  it('RS4: a plain delta, as all were once, is read as well', () => {
    const { values, weights } = request(wire)
    const plain = must(encodeVector({ values, layout: shape, wire, unitExponent: null, random: null }))
    const { bytes } = must(encodeDelta(request(wire)))
    const [old, coded] = [plain, bytes].map((delta) => {
      const after = weights.slice()
      expect(applyDelta(after, delta, kindOf(wire))).toBeNull()
      return bitsOf(after)
    })
    expect(coded).toBe(old)
    expect(bytes.byteLength).toBeLessThanOrEqual(plain.byteLength)
  })

  it('SD2: is the same bytes each time', () => {
    const [first, second] = [request(wire), request(wire)].map((made) => must(encodeDelta(made)).bytes)
    expect(hashOf(first!)).toBe(hashOf(second!))
  })

  it('is refused as diverging, if it is not finite', () => {
    const made = request(wire)
    made.values[1700] = Number.NaN
    expect(encodeDelta(made)).toMatchObject({ code: 'diverged' })
  })

  it('IN1: cut, longer, of another wire or shape: refused; changed in any bit: refused or read, never thrown', () => {
    const { weights } = request(wire)
    const { bytes } = must(encodeDelta(request(wire)))
    const apply = (changed: Uint8Array, kind = kindOf(wire)) => applyDelta(weights.slice(), changed, kind)
    for (const length of [0, 3, 15, 16, 40, bytes.length >> 1, bytes.length - 4, bytes.length - 1]) {
      expect(apply(bytes.subarray(0, length))).toMatchObject({ code: 'malformed-vector' })
    }
    expect(apply(Uint8Array.from([...bytes, 0, 0, 0, 0]))).toMatchObject({ code: 'malformed-vector' })
    for (const other of wires.filter((one) => one !== wire)) {
      expect(apply(bytes, kindOf(other))).toMatchObject({ code: 'malformed-vector' })
    }
    const wider = { ...kindOf(wire), exact: shape.exact + 1 }
    expect(applyDelta(noise(1, 1), bytes, wider)).toMatchObject({ code: 'malformed-vector' })
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length * 8 - 1), { minLength: 1, maxLength: 3 }), (flips) => {
        const changed = bytes.slice()
        for (const bit of flips) changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
        const fault = apply(changed)
        if (fault !== null) expect(fault.code).toBe('malformed-vector')
      }),
      { numRuns: 300 },
    )
  })
})

it('a coded delta of near values is a seventh smaller than a plain one at least', () => {
  const plain = (shape.quantised + shape.exact * 4 + 16) * (6 / 7)
  expect(must(encodeDelta(request('int8'))).bytes.byteLength).toBeLessThan(plain)
})

it('golden bytes: the format does not change by accident', () => {
  const few = { quantised: 5, exact: 3 }
  const weights = Float32Array.from([1, 2, 3, 4, 5, 0.5, -0.25, 1e-3])
  const values = Float32Array.from([1e-3, -2e-3, 0, 0, 5e-4, 0.5001, -0.2499, -1e-3])
  const golden = wires.map((wire) =>
    Buffer.from(must(encodeDelta({ values, weights, shape: few, wire })).bytes).toString('hex'),
  )
  expect(golden).toMatchInlineSnapshot(`
    [
      "57465631008000040500000003000000f100000021be0000100000008e06003fc9e57fbe6f1283ba",
      "57465631018000040500000003000000e9000000c52077be00000000621000008e06003fc9e57fbe6f1283ba",
      "574656310280000405000000030000006f12833a6f1203bb00000000000000006f12033a8e06003fc9e57fbe6f1283ba",
    ]
  `)
  const hashes = wires.map((wire) => hashOf(must(encodeDelta(request(wire))).bytes).slice(0, 16))
  expect(hashes).toMatchInlineSnapshot(`
    [
      "5855236488af8774",
      "6f79f6a50e729224",
      "61d52def0bbbdad7",
    ]
  `)
})
