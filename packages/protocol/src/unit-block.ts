/**
 * Up to 1,024 whole numbers of 64 bits, in two's complement, as pairs of 32-bit halves: a double holds 53 bits only, and
 * a sum of 2^16 contributions needs 63. All arithmetic wraps at 2^64, as a machine's does.
 */
import { BLOCK_SIZE } from './vector-format.ts'

export class UnitBlock {
  readonly low = new Int32Array(BLOCK_SIZE)
  readonly high = new Int32Array(BLOCK_SIZE)
  length = 0

  /** `length` zeros. */
  clear(length: number): void {
    this.low.fill(0, 0, length)
    this.high.fill(0, 0, length)
    this.length = length
  }

  /** Adds `mantissas[start + i] * 2^shift` to each value i. */
  addMantissas(mantissas: Int8Array | Int16Array, start: number, shift: number): void {
    const { low, high, length } = this
    for (let i = 0; i < length; i++) {
      const mantissa = mantissas[start + i]!
      const addedLow = shift < 32 ? mantissa << shift : 0
      const addedHigh = highOfShifted(mantissa, mantissa >> 31, shift)
      const sum = (low[i]! + addedLow) | 0
      high[i] = high[i]! + addedHigh + (sum >>> 0 < addedLow >>> 0 ? 1 : 0)
      low[i] = sum
    }
  }

  /** Adds `values[start + i] * perUnit`, whole numbers below 2^53, to each value i. */
  addFloats(values: Float32Array, start: number, perUnit: number): void {
    const { low, high, length } = this
    for (let i = 0; i < length; i++) {
      const units = values[start + i]! * perUnit
      // `| 0` is taken modulo 2^32 whatever the magnitude.
      const addedLow = units | 0
      const sum = (low[i]! + addedLow) | 0
      high[i] = high[i]! + Math.floor(units / 0x1_0000_0000) + (sum >>> 0 < addedLow >>> 0 ? 1 : 0)
      low[i] = sum
    }
  }

  /** Adds `other[i] * 2^shift` to each value i. */
  addBlock(other: UnitBlock, shift: number): void {
    const { low, high, length } = this
    for (let i = 0; i < length; i++) {
      const otherLow = other.low[i]!
      const addedLow = shift < 32 ? otherLow << shift : 0
      const sum = (low[i]! + addedLow) | 0
      const carry = sum >>> 0 < addedLow >>> 0 ? 1 : 0
      high[i] = high[i]! + highOfShifted(otherLow, other.high[i]!, shift) + carry
      low[i] = sum
    }
  }

  /** Becomes `mantissas[start + i]`, as many as it has values. */
  setMantissas(mantissas: Int8Array | Int16Array, start: number): void {
    const { low, high, length } = this
    for (let i = 0; i < length; i++) {
      const mantissa = mantissas[start + i]!
      low[i] = mantissa
      high[i] = mantissa >> 31
    }
  }

  /**
   * Divides all by the largest power of two that divides all. `bits`: how many the largest magnitude has then; 0 for -1 too,
   * whose complement is zero. `shift` is -1 if all are zero.
   */
  reduce(): { shift: number; bits: number } {
    const { low, high, length } = this
    let anyLow = 0
    let anyHigh = 0
    let magnitudeLow = 0
    let magnitudeHigh = 0
    for (let i = 0; i < length; i++) {
      const sign = high[i]! >> 31
      anyLow |= low[i]!
      anyHigh |= high[i]!
      magnitudeLow |= low[i]! ^ sign
      magnitudeHigh |= high[i]! ^ sign
    }
    if ((anyLow | anyHigh) === 0) return { shift: -1, bits: 0 }
    const shift = anyLow !== 0 ? trailingZeros(anyLow) : 32 + trailingZeros(anyHigh)
    if (shift > 0) this.#shiftRight(shift)
    return { shift, bits: bitsOf(magnitudeLow, magnitudeHigh) - shift }
  }

  #shiftRight(shift: number): void {
    const { low, high, length } = this
    for (let i = 0; i < length; i++) {
      low[i] = shift < 32 ? (low[i]! >>> shift) | (high[i]! << (32 - shift)) : high[i]! >> (shift - 32)
      high[i] = shift < 32 ? high[i]! >> shift : high[i]! >> 31
    }
  }

  /** Index of the first value whose magnitude is `limit` or more; -1 for none. */
  findBeyond(limit: bigint): number {
    const { low, high, length } = this
    let magnitudeLow = 0
    let magnitudeHigh = 0
    for (let i = 0; i < length; i++) {
      const sign = high[i]! >> 31
      magnitudeLow |= low[i]! ^ sign
      magnitudeHigh |= high[i]! ^ sign
    }
    // Most blocks are so far below that no value needs to be looked at.
    if (1n << BigInt(bitsOf(magnitudeLow, magnitudeHigh)) < limit) return -1
    for (let i = 0; i < length; i++) {
      const value = (BigInt(high[i]!) << 32n) | BigInt(low[i]! >>> 0)
      if (value >= limit || -value >= limit) return i
    }
    return -1
  }
}

/** The upper half of a 64-bit number shifted left by 0 to 63. */
function highOfShifted(low: number, high: number, shift: number): number {
  if (shift === 0) return high
  return shift < 32 ? (high << shift) | (low >>> (32 - shift)) : low << (shift - 32)
}

function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

function bitsOf(low: number, high: number): number {
  return high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low)
}
