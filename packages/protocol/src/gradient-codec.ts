/**
 * How a vector of gradients or of updates becomes bytes. `int8` and `int16` are block floating point: blocks of 1,024
 * mantissas share one power-of-two exponent, the smallest that holds the block's largest value. Everything after the
 * quantised section of the layout travels in single precision, and so does all of it on the `float32` wire.
 *
 * A contribution has a unit: each of its values is a whole multiple of 2^unitExponent and smaller than 2^47 of them, so
 * that 2^16 contributions add up in 63 bits without overflow (RD1). What does not fit the grid is rounded stochastically,
 * seeded: unbiased, and the same for whoever computes the task. A delta has no unit and is rounded to the nearest.
 */
import { powerOfTwo } from './power-of-two.ts'
import type { MakeBlocks, RandomStream } from './random.ts'
import type { Rejection } from './rejection.ts'
import { blockExponent, Chance, roundBlock, roundToUnits } from './rounding.ts'
import type { Wire } from './run-config.ts'
import { diverged, faultOfBlocks, faultOfGrid, findBeyondRange, malformed } from './vector-faults.ts'
import {
  BLOCK_SIZE,
  type EncodedVector,
  EXPONENTS,
  encodedBytes,
  faultOfHeader,
  MANTISSA_BITS,
  type VectorKind,
  type VectorShape,
  viewOf,
  writeHeader,
} from './vector-format.ts'

export { powerOfTwo } from './power-of-two.ts'
export { diverged, faultOfBlocks, malformed } from './vector-faults.ts'
export {
  BLOCK_SIZE,
  type EncodedVector,
  encodedBytes,
  faultOfHeader,
  HEADER_BYTES,
  RANGE_BITS,
  type VectorKind,
  type VectorShape,
} from './vector-format.ts'

/**
 * For tasks of up to 16 samples: sums below 2^19, in steps of 2^-28. Batch variances need the room: MobileNet at a learning
 * rate of 0.1 has some above 600 a sample within ten steps.
 */
const DEFAULT_UNIT_EXPONENT = -28

/** The unit grows with the task, so that a sum has the same range per sample (2^15) whatever `samplesPerTask` is. */
export function unitExponentFor(samplesPerTask: number): number {
  let exponent = DEFAULT_UNIT_EXPONENT
  for (let samples = 16; samples < samplesPerTask; samples *= 2) exponent++
  return exponent
}

export type EncodeRequest = {
  /** [quantised | exact], as the layout orders them. */
  values: Float32Array
  layout: VectorShape
  wire: Wire
  unitExponent: number | null
  /** null: to the nearest. */
  random: RandomStream | null
  /** A faster way to the same random numbers. */
  makeBlocks?: MakeBlocks | undefined
}

/** Rejects (`diverged`) values that are not finite or beyond the range. */
export function encodeVector(request: EncodeRequest): Uint8Array<ArrayBuffer> | Rejection {
  const { values, layout, wire, unitExponent, random, makeBlocks } = request
  const beyond = findBeyondRange(values, unitExponent)
  if (beyond >= 0) return diverged(`Value ${beyond} is ${values[beyond]}, beyond the range`)
  const kind = { quantised: layout.quantised, exact: layout.exact, wire, unitExponent }
  const bytes = new Uint8Array(encodedBytes(layout, wire))
  writeHeader(bytes, kind)
  const encoded = viewOf(bytes, kind)
  const chance = new Chance(random, makeBlocks)
  const quantised = values.subarray(0, layout.quantised)
  if (wire === 'float32') {
    encodeFloats(quantised, encoded.mantissas as Float32Array, unitExponent, chance)
  } else {
    encodeBlocks(quantised, encoded, MANTISSA_BITS[wire], chance)
    // A value just below the range may have been rounded up to it.
    const fault = faultOfBlocks(encoded)
    if (fault !== null) return diverged(`Rounded, ${fault}`)
  }
  const exact = values.subarray(layout.quantised, layout.quantised + layout.exact)
  encodeFloats(exact, encoded.exactValues, unitExponent, chance)
  return bytes
}

/** Reads and checks bytes from a stranger: size, shape, finiteness, grid and range. The result views `bytes` if it can. */
export function parseVector(bytes: Uint8Array, expected: VectorKind): EncodedVector | Rejection {
  const needed = encodedBytes(expected, expected.wire)
  if (bytes.byteLength !== needed) {
    return malformed(`it has ${bytes.byteLength} bytes where the run’s layout needs ${needed}`)
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const { quantised, exact, wire, unitExponent } = expected
  const encoded = viewOf(aligned, { quantised, exact, wire, unitExponent })
  const fault = faultOfHeader(aligned, expected) ?? faultOfBlocks(encoded) ?? faultOfGrid(encoded)
  return fault === null ? encoded : malformed(fault)
}

/** [quantised | exact] in single precision. */
export function decodeVector(encoded: EncodedVector): Float32Array<ArrayBuffer> {
  const values = new Float32Array(encoded.quantised + encoded.exact)
  applyVector(values, encoded)
  return values
}

/** In place: the quantised section is added in single precision, the rest is replaced. */
export function applyVector(weights: Float32Array, vector: EncodedVector): void {
  const { mantissas, exponents, wire } = vector
  for (let start = 0; start < mantissas.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, mantissas.length)
    const scale = wire === 'float32' ? 1 : powerOfTwo(exponents[start / BLOCK_SIZE]!)
    for (let i = start; i < end; i++) weights[i] = weights[i]! + mantissas[i]! * scale
  }
  weights.set(vector.exactValues, vector.quantised)
}

function encodeBlocks(
  values: Float32Array,
  { exponents, mantissas, unitExponent }: EncodedVector,
  mantissaBits: number,
  chance: Chance,
): void {
  const least = unitExponent ?? EXPONENTS.min
  for (let block = 0; block < exponents.length; block++) {
    const from = values.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)
    const to = mantissas.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)
    const exponent = blockExponent(from, mantissaBits, least)
    exponents[block] = exponent
    roundBlock(from, to as Int8Array | Int16Array, exponent, chance)
  }
}

function encodeFloats(
  from: Float32Array,
  to: Float32Array,
  unitExponent: number | null,
  chance: Chance,
): void {
  if (unitExponent === null) to.set(from)
  else roundToUnits(from, to, unitExponent, chance)
}
