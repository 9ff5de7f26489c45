/**
 * Half precision (IEEE 754 binary16), little-endian, as features travel and are kept: rounded to nearest, ties to even, by
 * integer operations alone (SD3). What is too large becomes infinite, and is refused at the edge.
 */
const single = new Float32Array(1)
const bitsOfSingle = new Uint32Array(single.buffer)

export const FLOAT16_BYTES = 2

export function encodeFloat16(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * FLOAT16_BYTES)
  for (const [i, value] of values.entries()) {
    const half = halfOf(value)
    bytes[2 * i] = half & 0xff
    bytes[2 * i + 1] = half >>> 8
  }
  return bytes
}

/** Of an even number of bytes. */
export function decodeFloat16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: bytes.length / FLOAT16_BYTES }, (_, i) =>
    singleOf(bytes[2 * i]! | (bytes[2 * i + 1]! << 8)),
  )
}

/** Neither infinite nor not a number. */
export function isFiniteFloat16(bytes: Uint8Array): boolean {
  for (let i = 1; i < bytes.length; i += FLOAT16_BYTES) if ((bytes[i]! & 0x7c) === 0x7c) return false
  return true
}

function halfOf(value: number): number {
  single[0] = value
  const bits = bitsOfSingle[0]!
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15
  const fraction = bits & 0x7fffff
  if (exponent >= 31) return sign | (exponent === 143 && fraction !== 0 ? 0x7e00 : 0x7c00)
  // Below the smallest normal half, the leading 1 is written out and moves down.
  const isSmall = exponent <= 0
  if (exponent < -10) return sign
  const mantissa = isSmall ? fraction | 0x800000 : fraction
  const dropped = isSmall ? 14 - exponent : 13
  const half = (isSmall ? 0 : exponent << 10) | (mantissa >>> dropped)
  const rest = mantissa & ((1 << dropped) - 1)
  const tie = 1 << (dropped - 1)
  // A carry into the exponent is right: the next number up, infinity included.
  return sign | (rest > tie || (rest === tie && (half & 1) === 1) ? half + 1 : half)
}

function singleOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? (sign * fraction) / 2 ** 24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
