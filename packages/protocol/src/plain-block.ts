/**
 * A block of whole numbers as bytes without a code: two's complement of 0 to 8 bytes a value (0: all zeros), padded to 4. Costs no search,
 * where the wire is fast.
 */
import { isPadding, type WrittenBlock } from './block-coding.ts'
import type { UnitBlock } from './unit-block.ts'

/** As `writeCoded`; the parameter is the bytes of a value. */
export function writePlain(block: UnitBlock, words: Uint32Array, at: number): WrittenBlock {
  const { shift, bits } = block.reduce()
  if (shift < 0) return { shift: 0, parameter: 0, end: at }
  const { low, high, length } = block
  const width = (bits >> 3) + 1
  const end = at + ((length * width + 3) >> 2)
  words.fill(0, at, end)
  const bytes = new Uint8Array(words.buffer, words.byteOffset + at * 4, length * width)
  if (width === 1) {
    for (let i = 0; i < length; i++) bytes[i] = low[i]!
  } else {
    for (let i = 0, byte = 0; i < length; i++) {
      for (let k = 0; k < width; k++) bytes[byte++] = k < 4 ? low[i]! >> (k * 8) : high[i]! >> (k * 8 - 32)
    }
  }
  return { shift, parameter: width, end }
}

/** As `readCoded`. */
export function readPlain(
  block: UnitBlock,
  width: number,
  words: Uint32Array,
  at: number,
  end: number,
): number {
  const { low, high, length } = block
  if (width > 8) return -1
  if (width === 0) {
    block.clear(length)
    return at
  }
  const next = at + ((length * width + 3) >> 2)
  if (next > end) return -1
  if (!isPadding(words, next - 1, (length * width * 8) & 31)) return -1
  const bytes = new Uint8Array(words.buffer, words.byteOffset + at * 4, length * width)
  for (let i = 0, byte = 0; i < length; i++) {
    let valueLow = 0
    let valueHigh = 0
    for (let k = 0; k < width; k++) {
      if (k < 4) valueLow |= bytes[byte++]! << (k * 8)
      else valueHigh |= bytes[byte++]! << (k * 8 - 32)
    }
    if (width < 4) valueLow = (valueLow << (32 - width * 8)) >> (32 - width * 8)
    if (width <= 4) valueHigh = valueLow >> 31
    else if (width < 8) valueHigh = (valueHigh << (64 - width * 8)) >> (64 - width * 8)
    low[i] = valueLow
    high[i] = valueHigh
  }
  return next
}
