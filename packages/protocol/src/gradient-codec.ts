/**
 * How a vector of gradients or of updates becomes bytes. `int8` and `int16` are block floating point: blocks of 1,024
 * mantissas share one power-of-two exponent, the smallest that holds the block's largest value. Everything after the
 * quantised section of the layout travels in single precision, and so does all of it on the `float32` wire.
 *
 * A contribution has a unit: each of its values is a whole multiple of 2^unitExponent and smaller than 2^47 of them, so
 * that 2^16 contributions add up in 63 bits without overflow (RD1). What does not fit the grid is rounded stochastically,
 * seeded: unbiased, and the same for whoever computes the task. A delta has no unit and is rounded to the nearest.
 *
 * Bytes, little-endian: "WFV1" | u8 wire | i8 unit (-128: none) | u16 block size | u32 quantised | u32 exact | i8 exponents,
 * one a block, padded to 4 | mantissas, padded to 4 | float32 of the rest.
 */
import { binaryExponent, powerOfTwo } from './power-of-two.ts'
import type { RandomStream } from './random.ts'
import { type Rejection, reject } from './rejection.ts'
import type { Wire } from './run-config.ts'

export const DEFAULT_UNIT_EXPONENT = -34
export const BLOCK_SIZE = 1024
/** A value's magnitude is below 2^RANGE_BITS units. */
export const RANGE_BITS = 47

const MAGIC = 0x31564657 // "WFV1"
const HEADER_BYTES = 16
const NO_UNIT = -128
/** Exponents a block may have: any mantissa times such a power is a normal single-precision number. */
const EXPONENTS = { min: -110, max: 110 }
const WIRES: readonly Wire[] = ['int8', 'int16', 'float32']
const MANTISSA_BITS = { int8: 7, int16: 15 } as const

export type VectorShape = { quantised: number; exact: number }

export type EncodedVector = VectorShape & {
  wire: Wire
  /** null for a delta. */
  unitExponent: number | null
  /** One a block; empty on the float32 wire. */
  exponents: Int8Array
  mantissas: Int8Array | Int16Array | Float32Array
  exactValues: Float32Array
}

export type EncodeRequest = {
  /** [quantised | exact], as the layout orders them. */
  values: Float32Array
  layout: VectorShape
  wire: Wire
  unitExponent: number | null
  /** null: to the nearest. */
  random: RandomStream | null
}

export function encodedBytes({ quantised, exact }: VectorShape, wire: Wire): number {
  return sections({ quantised, exact }, wire).end
}

/** Rejects values that are not finite or beyond the range: the run is diverging. */
export function encodeVector(request: EncodeRequest): Uint8Array<ArrayBuffer> | Rejection {
  const { values, layout, wire, unitExponent, random } = request
  const fault = faultOfRange(values, unitExponent)
  if (fault !== null) return fault
  const place = sections(layout, wire)
  const bytes = new Uint8Array(place.end)
  writeHeader(bytes, layout, wire, unitExponent)
  const fraction = random === null ? () => 0.5 : sixteenBitFractions(random)
  const quantised = values.subarray(0, layout.quantised)
  if (wire === 'float32') {
    roundToUnits(
      quantised,
      new Float32Array(bytes.buffer, place.mantissas, layout.quantised),
      unitExponent,
      fraction,
    )
  } else {
    const exponents = new Int8Array(bytes.buffer, place.exponents, blocksOf(layout.quantised))
    const Mantissas = wire === 'int8' ? Int8Array : Int16Array
    const mantissas = new Mantissas(bytes.buffer, place.mantissas, layout.quantised)
    for (let block = 0; block < exponents.length; block++) {
      const start = block * BLOCK_SIZE
      const end = Math.min(start + BLOCK_SIZE, layout.quantised)
      const exponent = blockExponent(quantised, start, end, MANTISSA_BITS[wire], unitExponent)
      exponents[block] = exponent
      const scale = powerOfTwo(-exponent)
      for (let i = start; i < end; i++) mantissas[i] = Math.floor(quantised[i]! * scale + fraction())
    }
  }
  roundToUnits(
    values.subarray(layout.quantised),
    new Float32Array(bytes.buffer, place.exact, layout.exact),
    unitExponent,
    fraction,
  )
  return bytes
}

export type Expected = VectorShape & { wire: Wire; unitExponent: number | null }

/** Reads and checks bytes from a stranger: size, shape, finiteness, grid and range. The result views `bytes`. */
export function parseVector(bytes: Uint8Array, expected: Expected): EncodedVector | Rejection {
  const place = sections(expected, expected.wire)
  if (bytes.byteLength !== place.end) {
    return malformed(`it has ${bytes.byteLength} bytes where the run's layout needs ${place.end}`)
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const header = new DataView(aligned.buffer, aligned.byteOffset, HEADER_BYTES)
  if (header.getUint32(0, true) !== MAGIC) return malformed('it does not begin with WFV1')
  if (WIRES[header.getUint8(4)] !== expected.wire) return malformed(`its wire is not ${expected.wire}`)
  if (header.getInt8(5) !== (expected.unitExponent ?? NO_UNIT)) return malformed('its unit is not the run’s')
  if (header.getUint16(6, true) !== BLOCK_SIZE) return malformed(`its block size is not ${BLOCK_SIZE}`)
  if (header.getUint32(8, true) !== expected.quantised || header.getUint32(12, true) !== expected.exact) {
    return malformed('its numbers of values are not those of the run’s layout')
  }
  const at = (offset: number) => aligned.byteOffset + offset
  const { quantised, exact, wire, unitExponent } = expected
  const encoded: EncodedVector = {
    wire,
    unitExponent,
    quantised,
    exact,
    exponents: new Int8Array(
      aligned.buffer,
      at(place.exponents),
      wire === 'float32' ? 0 : blocksOf(quantised),
    ),
    mantissas: mantissasAt(aligned.buffer as ArrayBuffer, at(place.mantissas), quantised, wire),
    exactValues: new Float32Array(aligned.buffer, at(place.exact), exact),
  }
  return faultOfBlocks(encoded) ?? faultOfGrid(encoded) ?? encoded
}

/** [quantised | exact] in single precision. */
export function decodeVector(encoded: EncodedVector): Float32Array {
  const values = new Float32Array(encoded.quantised + encoded.exact)
  decodeQuantised(encoded, (i, value) => {
    values[i] = value
  })
  values.set(encoded.exactValues, encoded.quantised)
  return values
}

/**
 * Applies a delta in place: the quantised section is added in single precision, the rest is replaced. Everybody who holds
 * the weights does exactly this, the coordinator included (SD2).
 */
export function applyDelta(weights: Float32Array, delta: EncodedVector): void {
  decodeQuantised(delta, (i, value) => {
    weights[i] = weights[i]! + value
  })
  weights.set(delta.exactValues, delta.quantised)
}

function decodeQuantised(encoded: EncodedVector, take: (index: number, value: number) => void): void {
  const { mantissas, exponents, wire } = encoded
  for (let start = 0; start < mantissas.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, mantissas.length)
    const scale = wire === 'float32' ? 1 : powerOfTwo(exponents[start / BLOCK_SIZE]!)
    for (let i = start; i < end; i++) take(i, mantissas[i]! * scale)
  }
}

function sections({ quantised, exact }: VectorShape, wire: Wire) {
  const exponents = HEADER_BYTES
  const mantissas = exponents + padded(wire === 'float32' ? 0 : blocksOf(quantised))
  const exactAt = mantissas + padded(quantised * (wire === 'int8' ? 1 : wire === 'int16' ? 2 : 4))
  return { exponents, mantissas, exact: exactAt, end: exactAt + exact * 4 }
}

function blocksOf(values: number): number {
  return Math.ceil(values / BLOCK_SIZE)
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}

function writeHeader(
  bytes: Uint8Array<ArrayBuffer>,
  layout: VectorShape,
  wire: Wire,
  unitExponent: number | null,
): void {
  const header = new DataView(bytes.buffer, 0, HEADER_BYTES)
  header.setUint32(0, MAGIC, true)
  header.setUint8(4, WIRES.indexOf(wire))
  header.setInt8(5, unitExponent ?? NO_UNIT)
  header.setUint16(6, BLOCK_SIZE, true)
  header.setUint32(8, layout.quantised, true)
  header.setUint32(12, layout.exact, true)
}

/** The smallest exponent with which the block's largest magnitude still fits the mantissas; never below the unit. */
function blockExponent(
  values: Float32Array,
  start: number,
  end: number,
  mantissaBits: number,
  unitExponent: number | null,
): number {
  let largest = 0
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!))
  const least = unitExponent ?? EXPONENTS.min
  const exponent = binaryExponent(largest) - (mantissaBits - 1)
  if (exponent < least) return least
  return largest > (powerOfTwo(mantissaBits) - 1) * powerOfTwo(exponent) ? exponent + 1 : exponent
}

/** Rounds to multiples of the unit where single precision reaches below it; copies where there is no unit. */
function roundToUnits(
  from: Float32Array,
  to: Float32Array,
  unitExponent: number | null,
  fraction: () => number,
): void {
  if (unitExponent === null) {
    to.set(from)
    return
  }
  const unit = powerOfTwo(unitExponent)
  const perUnit = powerOfTwo(-unitExponent)
  const onGridFrom = powerOfTwo(unitExponent + 23)
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!
    to[i] = Math.abs(value) < onGridFrom ? Math.floor(value * perUnit + fraction()) * unit : value
  }
}

/** Fractions (k + 1/2) / 2^16, two from each random word. */
function sixteenBitFractions(random: RandomStream): () => number {
  let word = 0
  let halfLeft = false
  return () => {
    halfLeft = !halfLeft
    word = halfLeft ? random.uint32() : word >>> 16
    return ((word & 0xffff) + 0.5) / 65_536
  }
}

function mantissasAt(buffer: ArrayBuffer, offset: number, length: number, wire: Wire) {
  if (wire === 'int8') return new Int8Array(buffer, offset, length)
  if (wire === 'int16') return new Int16Array(buffer, offset, length)
  return new Float32Array(buffer, offset, length)
}

function faultOfRange(values: Float32Array, unitExponent: number | null): Rejection | null {
  const bound = powerOfTwo(unitExponent === null ? EXPONENTS.max : RANGE_BITS + unitExponent)
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) < bound) continue
    return reject(
      'diverged',
      `Value ${i} of the gradient is ${values[i]}, beyond the range of ±${bound}: the run is diverging.`,
      'Lower the learning rate, or fork the run from an earlier checkpoint.',
    )
  }
  return null
}

function faultOfBlocks({ wire, exponents, mantissas, unitExponent }: EncodedVector): Rejection | null {
  if (wire === 'float32') return null
  const least = unitExponent ?? EXPONENTS.min
  const most = unitExponent === null ? EXPONENTS.max : unitExponent + RANGE_BITS
  for (let block = 0; block < exponents.length; block++) {
    const exponent = exponents[block]!
    if (exponent < least || exponent > most) return malformed(`block ${block} has exponent ${exponent}`)
    if (exponent + MANTISSA_BITS[wire] < most) continue
    const bound = powerOfTwo(most - exponent)
    for (const mantissa of mantissas.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)) {
      if (Math.abs(mantissa) >= bound) return malformed(`block ${block} has a value out of range`)
    }
  }
  return null
}

function faultOfGrid({ wire, mantissas, exactValues, unitExponent }: EncodedVector): Rejection | null {
  for (const values of wire === 'float32' ? [mantissas, exactValues] : [exactValues]) {
    const perUnit = powerOfTwo(-(unitExponent ?? 0))
    for (let i = 0; i < values.length; i++) {
      const units = values[i]! * perUnit
      const good =
        unitExponent === null
          ? Number.isFinite(units)
          : Math.floor(units) === units && Math.abs(units) < 2 ** RANGE_BITS
      if (!good) return malformed(`value ${i} is ${values[i]}, no whole number of units within range`)
    }
  }
  return null
}

function malformed(why: string): Rejection {
  return reject(
    'malformed-vector',
    `These bytes are not a vector of this run: ${why}.`,
    'Update the worker and join again.',
  )
}
