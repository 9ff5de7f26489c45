import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyVector,
  decodeVector,
  encodedBytes,
  encodeVector,
  parseVector,
  unitExponentFor,
} from '../src/gradient-codec.ts'
import { hashOf } from '../src/hash.ts'
import { RandomStream } from '../src/random.ts'
import { isRejection } from '../src/rejection.ts'
import type { Wire } from '../src/run-config.ts'

const UNIT = -34
const wires: Wire[] = ['int8', 'int16', 'float32']
const layout = { quantised: 2500, exact: 7 }

function noise(count: number, scale: number, seed = 1): Float32Array {
  const random = new RandomStream(seed, 'initialWeights')
  return Float32Array.from({ length: count }, () => random.normal() * scale)
}

function roundTrip(values: Float32Array, wire: Wire, shape = layout, unitExponent: number | null = UNIT) {
  const random = unitExponent === null ? null : new RandomStream(1, 'roundGradient', 0, 0)
  const bytes = encodeVector({ values, layout: shape, wire, unitExponent, random })
  if (isRejection(bytes)) throw new Error(bytes.message)
  const parsed = parseVector(bytes, { ...shape, wire, unitExponent })
  if (isRejection(parsed)) throw new Error(parsed.message)
  return { bytes, parsed, decoded: decodeVector(parsed) }
}

describe.each(wires)('a contribution on the %s wire', (wire) => {
  it('RD1: holds whole multiples of the unit, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -8000, max: 8000 }), { minLength: 1, maxLength: 40 }),
        (list) => {
          const shape = { quantised: list.length - 1, exact: 1 }
          const { decoded } = roundTrip(Float32Array.from(list), wire, shape)
          for (const value of decoded) expect(Number.isInteger(value * 2 ** -UNIT)).toBe(true)
        },
      ),
    )
  })

  it('is off by less than one step of its grid, and has the size that was promised', () => {
    const values = noise(2507, 1e-3)
    const { bytes, decoded, parsed } = roundTrip(values, wire)
    expect(bytes.byteLength).toBe(encodedBytes(layout, wire))
    for (const [i, value] of values.entries()) {
      const inBlock = i < layout.quantised && wire !== 'float32'
      const step = 2 ** (inBlock ? parsed.exponents[Math.floor(i / 1024)]! : UNIT)
      expect(Math.abs(decoded[i]! - value)).toBeLessThan(step)
    }
  })

  it('SD1: rounds without bias, and the same each time', () => {
    const values = new Float32Array(layout.quantised + layout.exact).fill(0.3 * 2 ** UNIT)
    values[0] = 1
    const { bytes, decoded } = roundTrip(values, wire)
    expect(hashOf(bytes)).toBe(hashOf(roundTrip(values, wire).bytes))
    const mean = decoded.subarray(1024, 2500).reduce((sum, value) => sum + value, 0) / (2500 - 1024)
    expect(mean / 2 ** UNIT).toBeCloseTo(0.3, 1)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 14])(
    'a value of %d is refused by name: the run diverges',
    (wild) => {
      const values = noise(2507, 1)
      values[1700] = wild
      const random = new RandomStream(1, 'roundGradient')
      expect(encodeVector({ values, layout, wire, unitExponent: UNIT, random })).toMatchObject({
        code: 'diverged',
      })
    },
  )

  it('IN1: any other size, header or off-grid value is refused', () => {
    const { bytes } = roundTrip(noise(2507, 1), wire)
    const expected = { ...layout, wire, unitExponent: UNIT }
    expect(parseVector(bytes.subarray(1), expected)).toMatchObject({ code: 'malformed-vector' })
    for (const at of [0, 4, 5, 6, 8, 12]) {
      const changed = bytes.slice()
      changed[at] = changed[at]! ^ 0x55
      expect(parseVector(changed, expected)).toMatchObject({ code: 'malformed-vector' })
    }
    const offGrid = bytes.slice()
    new DataView(offGrid.buffer).setFloat32(offGrid.byteLength - 4, 2 ** (UNIT - 1), true)
    expect(parseVector(offGrid, expected)).toMatchObject({ code: 'malformed-vector' })
    const infinite = bytes.slice()
    new DataView(infinite.buffer).setFloat32(infinite.byteLength - 4, Number.NaN, true)
    expect(parseVector(infinite, expected)).toMatchObject({ code: 'malformed-vector' })
  })

  it('reads bytes that do not lie on a border of four, a Buffer’s too', () => {
    const { bytes, decoded } = roundTrip(noise(2507, 1), wire)
    const pool = Buffer.alloc(bytes.byteLength + 8)
    pool.set(bytes, 1)
    for (const shifted of [pool, new Uint8Array(pool)]) {
      const parsed = parseVector(shifted.subarray(1, 1 + bytes.byteLength), {
        ...layout,
        wire,
        unitExponent: UNIT,
      })
      if (isRejection(parsed)) throw new Error(parsed.message)
      expect(decodeVector(parsed)).toEqual(decoded)
    }
  })

  it('RD1: what is encoded is accepted, up to the very end of the range', () => {
    const anySeed = fc.integer({ min: 0, max: 0xffffffff })
    const huge = fc.float({ noNaN: true, min: -8191.99951171875, max: 8191.99951171875 })
    fc.assert(
      fc.property(fc.array(huge, { minLength: 2, maxLength: 20 }), anySeed, (list, seed) => {
        const shape = { quantised: list.length - 1, exact: 1 }
        const random = new RandomStream(seed, 'roundGradient')
        const values = Float32Array.from(list)
        const bytes = encodeVector({ values, layout: shape, wire, unitExponent: UNIT, random })
        if (isRejection(bytes)) expect(values.some((value) => Math.abs(value) > 8192 - 64)).toBe(true)
        else expect(parseVector(bytes, { ...shape, wire, unitExponent: UNIT })).not.toHaveProperty('code')
      }),
      {
        examples: [
          [[8191.99951171875, 1], 1],
          [[-8191.99951171875, 1], 2],
        ],
      },
    )
  })

  it('a delta is rounded to the nearest: no value is off by more than half a step', () => {
    const values = noise(2507, 1e-2)
    const { decoded, parsed } = roundTrip(values, wire, layout, null)
    for (const [i, value] of values.entries()) {
      const inBlock = i < layout.quantised && wire !== 'float32'
      const step = inBlock ? 2 ** parsed.exponents[Math.floor(i / 1024)]! : 0
      expect(Math.abs(decoded[i]! - value)).toBeLessThanOrEqual(step / 2)
    }
  })

  it('SD2, RS4: a delta adds to what is quantised and replaces the rest', () => {
    const { parsed } = roundTrip(noise(2507, 1e-2), wire, layout, null)
    const weights = noise(2507, 1, 2)
    const before = weights.slice()
    applyVector(weights, parsed)
    const delta = decodeVector(parsed)
    expect(weights[3]).toBe(Math.fround(before[3]! + delta[3]!))
    expect(weights.slice(2500)).toEqual(delta.slice(2500))
  })
})

it('IN1: an exponent beyond the range is refused', () => {
  const { bytes } = roundTrip(noise(2507, 1), 'int8')
  for (const exponent of [UNIT - 1, 14, 127]) {
    const changed = bytes.slice()
    new DataView(changed.buffer).setInt8(16, exponent)
    expect(parseVector(changed, { ...layout, wire: 'int8', unitExponent: UNIT })).toMatchObject({
      code: 'malformed-vector',
    })
  }
})

it('a unit gives every task the same range per sample', () => {
  expect([1, 16, 17, 32, 4096].map(unitExponentFor)).toEqual([-28, -28, -27, -27, -20])
})

it('a block’s exponent is the smallest that holds its largest value', () => {
  const exponentOf = (largest: number) =>
    roundTrip(Float32Array.from([largest, 0]), 'int8', { quantised: 2, exact: 0 }).parsed.exponents[0]
  expect([127, 127.0001, -128, 128, 1, 0.99, 0].map(exponentOf)).toEqual([0, 1, 1, 1, -6, -7, UNIT])
})

it('golden bytes of many blocks, by hash', () => {
  const hashes = wires.map((wire) => hashOf(roundTrip(noise(2507, 1e-3), wire).bytes).slice(0, 16))
  expect(hashes).toMatchInlineSnapshot(`
    [
      "5b31785561d9e3ef",
      "b14ec0e6fdf91cd3",
      "7aea4ab8da6eabb1",
    ]
  `)
})

it('golden bytes: the format does not change by accident', () => {
  const values = Float32Array.from([1, -0.5, 0.25, 0.1, 3e-5, 1e-12, -7])
  const golden = wires.map((wire) =>
    Buffer.from(roundTrip(values, wire, { quantised: 5, exact: 2 }).bytes).toString('hex'),
  )
  expect(golden).toMatchInlineSnapshot(`
    [
      "5746563100de00040500000002000000fa00000040e0100600000000000000000000e0c0",
      "5746563101de00040500000002000000f2000000004000e00010660601000000000000000000e0c0",
      "5746563102de000405000000020000000000803f000000bf0000803ecdcccc3d80a8fb37000000000000e0c0",
    ]
  `)
})
