/**
 * How a block of up to 1,024 whole numbers becomes bytes (docs/adr/0008): each is folded to z = 2v, or -2v - 1 if it is
 * negative, and coded after Rice (1979) with the block's parameter p. What Rice interleaves is kept apart here, because
 * then nothing but the search for the next one bit waits for the value before:
 *
 *     remainders: the p low bits of each z, packed         | padded to 4 bytes
 *     quotients:  for each z, q = z >> p zeros and a one;
 *                 q = 24 says that z is among the escapes  | padded to 4 bytes
 *     escapes:    u64 z each (their remainders mean nothing and are zero)
 *
 * Bits are counted from the lowest of the first byte on. Padding is zero. p is 0 to 56, so that a remainder lies in any
 * eight bytes; a block of zeros has the parameter 255 and no bytes.
 */
import type { UnitBlock } from './unit-block.ts'
import { BLOCK_SIZE } from './vector-format.ts'

export const ESCAPE = 24
export const PARAMETER_MAX = 56
export const ALL_ZERO = 255
const ESCAPED_BITS = ESCAPE + 1 + 64

/** z of the block under way, in halves. */
const foldedLow = new Uint32Array(BLOCK_SIZE)
const foldedHigh = new Uint32Array(BLOCK_SIZE)

export type WrittenBlock = { shift: number; parameter: number; end: number }

/**
 * Divides `block` by the largest power of two it can be divided by (`shift`), and writes it to `words` from the index `at`
 * on. There is room: `codedBlockWords` says how much.
 */
export function writeCoded(block: UnitBlock, words: Uint32Array, at: number): WrittenBlock {
  const { shift, bits } = block.reduce()
  if (shift < 0) return { shift: 0, parameter: ALL_ZERO, end: at }
  const { length } = block
  if (bits >= 31) {
    foldWide(block)
    const parameter = bestWideParameter(length, bits)
    return { shift, parameter, end: writeWide(length, parameter, words, at) }
  }
  const sum = foldNarrow(block)
  const parameter = bestNarrowParameter(length, bits, sum)
  return { shift, parameter, end: writeNarrow(length, parameter, words, at) }
}

/** Words that a coded block takes at most, if its folded values have that many bits. */
export function codedBlockWords(length: number, foldedBits: number): number {
  return Math.ceil((length * codedBitsPerValue(foldedBits)) / 32) + 2
}

/** What a value costs at most: `bestParameter` is never worse than the parameter that leaves no quotient. */
export function codedBitsPerValue(foldedBits: number): number {
  if (foldedBits <= PARAMETER_MAX) return foldedBits + 1
  const quotient = 2 ** (foldedBits - PARAMETER_MAX) - 1
  return PARAMETER_MAX + (quotient < ESCAPE ? quotient + 1 : ESCAPED_BITS)
}

/** Fills `block` (whose length is set) from `words`; the index of what follows, or -1: not a coded block, or beyond `end`. */
export function readCoded(
  block: UnitBlock,
  parameter: number,
  words: Uint32Array,
  at: number,
  end: number,
): number {
  const { length, low, high } = block
  if (parameter === ALL_ZERO) {
    block.clear(length)
    return at
  }
  if (parameter > PARAMETER_MAX) return -1
  const remainders = at
  const quotients = at + Math.ceil((length * parameter) / 32)
  if (quotients >= end) return -1
  if (!isPadding(words, quotients - 1, (length * parameter) & 31)) return -1
  let word = quotients
  let ones = words[word]!
  let previous = -1
  let escapes = 0
  const isNarrow = parameter <= 26
  const mask = 2 ** parameter - 1
  for (let i = 0; i < length; i++) {
    while (ones === 0) {
      if (++word >= end) return -1
      ones = words[word]!
    }
    const lowest = ones & -ones
    const position = (word - quotients) * 32 + 31 - Math.clz32(lowest)
    ones ^= lowest
    const quotient = position - previous - 1
    previous = position
    if (quotient >= ESCAPE) {
      if (quotient > ESCAPE) return -1
      foldedLow[escapes++] = i
    }
    const bit = i * parameter
    const index = remainders + (bit >>> 5)
    const offset = bit & 31
    if (isNarrow) {
      // The remainder and the quotient make at most 31 bits: no upper half.
      let bits = words[index]! >>> offset
      if (offset + parameter > 32) bits |= words[index + 1]! << (32 - offset)
      const z = (quotient << parameter) | (bits & mask)
      const sign = -(z & 1)
      low[i] = (z >>> 1) ^ sign
      high[i] = sign
      continue
    }
    let zLow = bitsAt(words, index, offset)
    let zHigh = parameter > 32 ? bitsAt(words, index + 1, offset) : 0
    if (parameter < 32) {
      zLow = lowBits(zLow, parameter) | (quotient << parameter)
      zHigh = quotient >>> (32 - parameter)
    } else {
      zHigh = parameter === 32 ? quotient : lowBits(zHigh, parameter - 32) | (quotient << (parameter - 32))
    }
    setFolded(block, i, zLow, zHigh)
  }
  // What is left of the last word is padding.
  if (ones !== 0) return -1
  let next = word + 1
  if (next + escapes * 2 > end) return -1
  for (let k = 0; k < escapes; k++, next += 2) {
    setFolded(block, foldedLow[k]!, words[next]!, words[next + 1]!)
  }
  return next
}

function foldNarrow({ low, length }: UnitBlock): number {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const value = low[i]!
    const z = ((value << 1) ^ (value >> 31)) >>> 0
    foldedLow[i] = z
    sum += z
  }
  return sum
}

function foldWide({ low, high, length }: UnitBlock): void {
  for (let i = 0; i < length; i++) {
    const sign = high[i]! >> 31
    foldedLow[i] = (low[i]! << 1) ^ sign
    foldedHigh[i] = ((high[i]! << 1) | (low[i]! >>> 31)) ^ sign
  }
}

function setFolded({ low, high }: UnitBlock, i: number, zLow: number, zHigh: number): void {
  const sign = -(zLow & 1)
  low[i] = ((zLow >>> 1) | (zHigh << 31)) ^ sign
  high[i] = (zHigh >>> 1) ^ sign
}

/** The best parameter lies beside the mean's logarithm. The last that is tried leaves no quotients: a bound on what it costs. */
function bestNarrowParameter(length: number, bits: number, sum: number): number {
  const last = bits + 1
  const first = Math.max(0, Math.min(last, floorLog2(sum / length + 1)) - 1)
  let quotients0 = 0
  let quotients1 = 0
  let quotients2 = 0
  if ((2 ** last) >> first < ESCAPE) {
    for (let i = 0; i < length; i++) {
      const quotient = foldedLow[i]! >>> first
      quotients0 += quotient
      quotients1 += quotient >>> 1
      quotients2 += quotient >>> 2
    }
  } else {
    for (let i = 0; i < length; i++) {
      const quotient = foldedLow[i]! >>> first
      quotients0 += quotientBits(quotient)
      quotients1 += quotientBits(quotient >>> 1)
      quotients2 += quotientBits(quotient >>> 2)
    }
  }
  let best = last
  let least = length * last
  for (const [above, quotients] of [quotients0, quotients1, quotients2].entries()) {
    const cost = length * (first + above) + quotients
    if (cost < least) {
      least = cost
      best = first + above
    }
  }
  return best
}

function bestWideParameter(length: number, bits: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += foldedHigh[i]! * 0x1_0000_0000 + foldedLow[i]!
  const near = floorLog2(sum / length + 1)
  const last = Math.min(PARAMETER_MAX, bits + 1)
  let best = last
  let least = wideCost(length, last)
  for (let parameter = Math.max(0, near - 1); parameter <= near + 1 && parameter < last; parameter++) {
    const cost = wideCost(length, parameter)
    if (cost < least) {
      least = cost
      best = parameter
    }
  }
  return best
}

function wideCost(length: number, parameter: number): number {
  let cost = length * parameter
  for (let i = 0; i < length; i++) cost += quotientBits(wideQuotient(i, parameter))
  return cost
}

/** What a quotient costs, without its one. */
function quotientBits(quotient: number): number {
  return quotient < ESCAPE ? quotient : ESCAPED_BITS - 1
}

/** z >> parameter, or something that is at least ESCAPE. */
function wideQuotient(i: number, parameter: number): number {
  const high = foldedHigh[i]!
  if (parameter >= 32) return high >>> (parameter - 32)
  if (parameter === 0) return high === 0 ? foldedLow[i]! : ESCAPE
  return high >>> parameter !== 0
    ? ESCAPE
    : ((high << (32 - parameter)) | (foldedLow[i]! >>> parameter)) >>> 0
}

function writeNarrow(length: number, parameter: number, words: Uint32Array, at: number): number {
  const mask = 2 ** parameter - 1
  let escapes = 0
  /** The word of remainders under way, and how many of its bits are set. */
  let remainders = 0
  let filled = 0
  let to = at
  for (let i = 0; i < length; i++) {
    const z = foldedLow[i]!
    if (z >>> parameter >= ESCAPE) foldedHigh[escapes++] = i
    const remainder = z >>> parameter >= ESCAPE ? 0 : z & mask
    remainders |= remainder << filled
    filled += parameter
    if (filled >= 32) {
      words[to++] = remainders
      filled -= 32
      remainders = filled === 0 ? 0 : remainder >>> (parameter - filled)
    }
  }
  if (filled > 0) words[to++] = remainders
  /** The word of quotients under way, and the next bit's place in it. */
  let ones = 0
  let place = 0
  for (let i = 0; i < length; i++) {
    const quotient = foldedLow[i]! >>> parameter
    place += Math.min(quotient, ESCAPE)
    if (place >= 32) {
      words[to++] = ones
      ones = 0
      place -= 32
    }
    ones |= 1 << place
    if (++place === 32) {
      words[to++] = ones
      ones = 0
      place = 0
    }
  }
  if (place > 0) words[to++] = ones
  for (let k = 0; k < escapes; k++) {
    words[to++] = foldedLow[foldedHigh[k]!]!
    words[to++] = 0
  }
  return to
}

function writeWide(length: number, parameter: number, words: Uint32Array, at: number): number {
  const quotients = at + Math.ceil((length * parameter) / 32)
  words.fill(0, at, quotients + Math.ceil((length * (ESCAPE + 1)) / 32))
  const escaped: number[] = []
  let position = 0
  for (let i = 0; i < length; i++) {
    let quotient = wideQuotient(i, parameter)
    if (quotient >= ESCAPE) {
      quotient = ESCAPE
      escaped.push(i)
    } else {
      putBits(words, at, i * parameter, foldedLow[i]!, Math.min(parameter, 32))
      if (parameter > 32) putBits(words, at, i * parameter + 32, foldedHigh[i]!, parameter - 32)
    }
    position += quotient
    words[quotients + (position >>> 5)]! |= 1 << (position & 31)
    position++
  }
  let end = quotients + ((position + 31) >>> 5)
  for (const i of escaped) {
    words[end++] = foldedLow[i]!
    words[end++] = foldedHigh[i]!
  }
  return end
}

/** Sets `count` (at most 32) zero bits to the low bits of `value`. */
function putBits(words: Uint32Array, at: number, bit: number, value: number, count: number): void {
  if (count === 0) return
  const low = lowBits(value, count)
  const index = at + (bit >>> 5)
  const offset = bit & 31
  words[index]! |= low << offset
  if (offset + count > 32) words[index + 1]! |= low >>> (32 - offset)
}

/** The 32 bits from `offset` of the word on. Reads the next word, if there is one. */
function bitsAt(words: Uint32Array, index: number, offset: number): number {
  if (offset === 0) return words[index]!
  const next = index + 1 < words.length ? words[index + 1]! : 0
  return (words[index]! >>> offset) | (next << (32 - offset))
}

function lowBits(value: number, count: number): number {
  return count === 0 ? 0 : value & (-1 >>> (32 - count))
}

/** The word's bits from `used` on are zero (`used` 0: all of it is used). */
export function isPadding(words: Uint32Array, index: number, used: number): boolean {
  return used === 0 || words[index]! >>> used === 0
}

/** For at least 1 and below 2^64; exact, which Math.log2 need not be. */
function floorLog2(value: number): number {
  return value < 0x1_0000_0000 ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 0x1_0000_0000)
}
