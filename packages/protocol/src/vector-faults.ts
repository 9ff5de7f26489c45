/** What can be wrong with the values of a vector: before it is encoded (the run diverges), and after it came in (IN1). */
import { powerOfTwo } from './power-of-two.ts'
import { type Rejection, reject } from './rejection.ts'
import {
  BLOCK_SIZE,
  type EncodedVector,
  EXPONENTS,
  MANTISSA_BITS,
  RANGE_BITS,
  type VectorKind,
} from './vector-format.ts'

/** Magnitudes are below 2^this: with a unit 2^47 of it, without what single precision holds with room to spare. */
function rangeExponent({ unitExponent }: Pick<VectorKind, 'unitExponent'>): number {
  return unitExponent === null ? EXPONENTS.max : unitExponent + RANGE_BITS
}

/** Index of the first value that is not finite or out of range; -1 for none. */
export function findBeyondRange(values: Float32Array, unitExponent: number | null): number {
  const bound = powerOfTwo(rangeExponent({ unitExponent }))
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < bound)) return i
  return -1
}

/** In words, or null: exponents or mantissas out of range. */
export function faultOfBlocks({ wire, exponents, mantissas, unitExponent }: EncodedVector): string | null {
  if (wire === 'float32') return null
  const least = unitExponent ?? EXPONENTS.min
  const range = rangeExponent({ unitExponent })
  for (let block = 0; block < exponents.length; block++) {
    const exponent = exponents[block]!
    if (exponent < least || exponent > range) return `block ${block} has exponent ${exponent}`
    // Most blocks are so far below the range that no mantissa can leave it.
    if (exponent + MANTISSA_BITS[wire] < range) continue
    const bound = powerOfTwo(range - exponent)
    for (const mantissa of mantissas.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)) {
      if (Math.abs(mantissa) >= bound) return `block ${block} has a value out of range`
    }
  }
  return null
}

/** In words, or null: single-precision values that are not finite, no whole number of units, or out of range. */
export function faultOfGrid({ wire, mantissas, exactValues, unitExponent }: EncodedVector): string | null {
  const floats = wire === 'float32' ? [mantissas as Float32Array, exactValues] : [exactValues]
  for (const values of floats) {
    const beyond = findBeyondRange(values, unitExponent)
    if (beyond >= 0) return `value ${beyond} is ${values[beyond]}, beyond the range`
    const between = unitExponent === null ? -1 : findBetweenUnits(values, unitExponent)
    if (between >= 0) return `value ${between} is ${values[between]}, no whole number of units`
  }
  return null
}

function findBetweenUnits(values: Float32Array, unitExponent: number): number {
  const perUnit = powerOfTwo(-unitExponent)
  for (let i = 0; i < values.length; i++) {
    const units = values[i]! * perUnit
    if (Math.floor(units) !== units) return i
  }
  return -1
}

export function diverged(what: string): Rejection {
  return reject(
    'diverged',
    `${what}: the run is diverging.`,
    'Roll the run back to a checkpoint before, or fork it, with a lower learning rate, a longer warm-up or a clipNorm.',
  )
}

export function malformed(why: string): Rejection {
  return reject(
    'malformed-vector',
    `These bytes are not a vector of this run: ${why}.`,
    'Update the worker and join again.',
  )
}
