// Segments of partial sums (protocol/partial-sum-format, protocol/block-coding): what is wrong with one, and several added to
// 64-bit sums at once, block by block. `table` names the segments, 16 bytes each: u32 address of its bytes | u32 where its
// next block begins (the kernel's) | u32 coding, 0 plain or 1 coded | 4 bytes. Behind these the kernel keeps four times as much
// for itself. Up to 16 bytes behind a segment are read, and mean nothing.

import { addNarrow, addOne, addTo, ENTRY } from './mantissas'

const ESCAPE: u32 = 24
const PARAMETER_MAX: u32 = 56
const ALL_ZERO: u32 = 255
const SHIFT_MAX: u32 = 63
/** Magnitudes below 2^this are in range however few tasks there are. */
const RANGE_BITS: u32 = 47

const FAULT_OF_CODING: i32 = 1
const FAULT_OF_SHIFT: i32 = 2
const FAULT_OF_RANGE: i32 = 3
const FAULT_OF_LENGTH: i32 = 4
const FAULT_OF_PADDING: i32 = 5

/** Adds segments that were checked. `list`: room for two bytes a value of a block, and 16. */
export function addSegment(
  sum: usize,
  table: usize,
  count: i32,
  list: usize,
  values: i32,
  blockValues: i32,
): void {
  const blocks = (values + blockValues - 1) / blockValues
  const end = table + <usize>count * ENTRY
  const narrow = end
  const narrow16 = end + 2 * (end - table)
  for (let entry = table; entry < end; entry += ENTRY) {
    store<u32>(entry, load<u32>(entry) + tableBytes(blocks), 4)
  }
  for (let block = 0; block < blocks; block++) {
    const length = min(blockValues, values - block * blockValues)
    const at = sum + (<usize>(block * blockValues) << 3)
    let of8 = 0
    let of16 = 0
    for (let entry = table; entry < end; entry += ENTRY) {
      const head = <usize>load<u32>(entry) + (<usize>block << 1)
      const shift: u32 = load<u8>(head)
      const parameter: u32 = load<u8>(head, 1)
      const bytes = <usize>load<u32>(entry, 4)
      if (load<u32>(entry, 8) != 0) {
        if (parameter == ALL_ZERO) continue
        store<u32>(entry, <u32>addCoded(at, bytes, parameter, length, shift, list), 4)
        continue
      }
      if (parameter == 0) continue
      store<u32>(entry, <u32>(bytes + plainBytes(length, parameter)), 4)
      if (parameter == 1) {
        putNarrow(narrow + <usize>of8 * ENTRY, bytes, shift)
        of8++
      } else if (parameter == 2) {
        putNarrow(narrow16 + <usize>of16 * ENTRY, bytes, shift)
        of16++
      } else addWide(at, bytes, parameter, length, shift, list)
    }
    if (of8 > 0) addNarrow(at, narrow, of8, length, 0, false)
    if (of16 > 0) addNarrow(at, narrow16, of16, length, 0, true)
  }
}

/**
 * 0, or what is wrong: the block's number times 8, plus a fault. `limit` bounds the magnitudes, in units; `size` is of the
 * segment's bytes, at least those of its table.
 */
export function faultOfSegment(
  bytes: usize,
  size: i32,
  values: i32,
  blockValues: i32,
  coding: i32,
  limit: i64,
): i32 {
  const blocks = (values + blockValues - 1) / blockValues
  const end = bytes + <usize>size
  let at = bytes + tableBytes(blocks)
  if (blocks & 1 && load<u16>(bytes + (<usize>blocks << 1)) != 0) return FAULT_OF_PADDING
  for (let block = 0; block < blocks; block++) {
    const length = min(blockValues, values - block * blockValues)
    const shift: u32 = load<u8>(bytes + (<usize>block << 1))
    const parameter: u32 = load<u8>(bytes + (<usize>block << 1), 1)
    if (shift > SHIFT_MAX) return (block << 3) | FAULT_OF_SHIFT
    const most = ((limit - 1) >> <i64>shift) + 1
    const next =
      coding == 0
        ? checkPlain(at, end, parameter, length, shift, most)
        : checkCoded(at, end, parameter, length, shift, most)
    if (next < 8) return (block << 3) | <i32>next
    at = next
  }
  return at == end ? 0 : FAULT_OF_LENGTH
}

/** Where the block ends, or its fault. */
function checkPlain(at: usize, end: usize, width: u32, length: i32, shift: u32, most: i64): usize {
  if (width > 8) return FAULT_OF_CODING
  if (width == 0) return at
  const next = at + plainBytes(length, width)
  if (next > end || !isZeroFrom(next, (<u32>length * width) & 3)) return FAULT_OF_CODING
  if (width * 8 - 1 + shift < RANGE_BITS) return next
  const unused = <i64>(64 - width * 8)
  const last = at + <usize>length * width
  for (; at < last; at += width) {
    const value = (load<i64>(at) << unused) >> unused
    if (value >= most || value <= -most) return FAULT_OF_RANGE
  }
  return next
}

function checkCoded(at: usize, end: usize, parameter: u32, length: i32, shift: u32, most: i64): usize {
  if (parameter == ALL_ZERO) return at
  if (parameter > PARAMETER_MAX) return FAULT_OF_CODING
  const quotients = at + remainderBytes(length, parameter)
  if (quotients >= end || !isZeroBits(quotients, (<u32>length * parameter) & 31)) return FAULT_OF_CODING
  // Quotients have at most 5 bits, and one bit of all is the sign.
  const isNear = parameter + 4 + shift >= RANGE_BITS
  const mask: u64 = (<u64>1 << parameter) - 1
  let word = quotients
  let ones = load<u32>(word)
  let position: u32 = 0
  let previous: u32 = <u32>-1
  let escapes = 0
  let bit: u32 = 0
  for (let i = 0; i < length; i++) {
    while (ones == 0) {
      word += 4
      if (word >= end) return FAULT_OF_CODING
      ones = load<u32>(word)
      position += 32
    }
    const one = position + ctz(ones)
    ones &= ones - 1
    const quotient = one - previous - 1
    previous = one
    if (quotient >= ESCAPE) {
      if (quotient > ESCAPE) return FAULT_OF_CODING
      escapes++
    } else if (isNear) {
      const remainder = (load<u64>(at + (bit >> 3)) >> (bit & 7)) & mask
      const value = unfold((<u64>quotient << parameter) | remainder)
      if (value >= most || value <= -most) return FAULT_OF_RANGE
    }
    bit += parameter
  }
  if (ones != 0) return FAULT_OF_CODING
  let next = word + 4
  if (next + (<usize>escapes << 3) > end) return FAULT_OF_CODING
  for (; escapes > 0; escapes--, next += 8) {
    const value = unfold(load<u64>(next))
    if (value >= most || value <= -most) return FAULT_OF_RANGE
  }
  return next
}

/** Returns where the block ends. */
function addCoded(sum: usize, at: usize, parameter: u32, length: i32, shift: u32, list: usize): usize {
  const quotients = at + remainderBytes(length, parameter)
  const mask: u64 = (<u64>1 << parameter) - 1
  let word = quotients
  let ones = load<u64>(word)
  let position: u32 = 0
  let previous: u32 = <u32>-1
  let escaped = list
  let bit: u32 = 0
  for (let i = 0; i < length; i++, bit += parameter) {
    while (ones == 0) {
      word += 8
      ones = load<u64>(word)
      position += 64
    }
    const one = position + <u32>ctz(ones)
    ones &= ones - 1
    const quotient = one - previous - 1
    previous = one
    if (quotient == ESCAPE) {
      store<u16>(escaped, <u16>i)
      escaped += 2
      continue
    }
    const remainder = (load<u64>(at + (bit >> 3)) >> (bit & 7)) & mask
    addOne(sum + (<usize>i << 3), unfold((<u64>quotient << parameter) | remainder) << <i64>shift)
  }
  let next = quotients + (((<usize>previous >> 5) + 1) << 2)
  for (let place = list; place < escaped; place += 2, next += 8) {
    addOne(sum + (<usize>load<u16>(place) << 3), unfold(load<u64>(next)) << <i64>shift)
  }
  return next
}

/** Whole numbers of 3 to 8 bytes, two at a time: bytes to their places, then the sign. */
function addWide(sum: usize, at: usize, width: u32, length: i32, shift: u32, list: usize): void {
  for (let byte: u32 = 0; byte < 8; byte++) {
    store<u8>(list + byte, byte < width ? byte : 128)
    store<u8>(list + byte, byte < width ? width + byte : 128, 8)
  }
  const places = v128.load(list)
  const sign = i64x2.splat(<i64>1 << (<i64>width * 8 - 1))
  let i = 0
  for (; i + 2 <= length; i += 2, at += 2 * width, sum += 16) {
    const two = i8x16.swizzle(v128.load(at), places)
    addTo(sum, i64x2.shl(i64x2.sub(v128.xor(two, sign), sign), shift))
  }
  if (i < length) {
    const unused = <i64>(64 - width * 8)
    addOne(sum, ((load<i64>(at) << unused) >> unused) << <i64>shift)
  }
}

function putNarrow(entry: usize, bytes: usize, shift: u32): void {
  store<u32>(entry, <u32>bytes)
  store<u32>(entry, shift, 8)
}

@inline
function unfold(folded: u64): i64 {
  return <i64>(folded >> 1) ^ -(<i64>(folded & 1))
}

/** Of a segment's shifts and parameters. */
@inline
function tableBytes(blocks: i32): u32 {
  return (((<u32>blocks + 1) >> 1) << 2)
}

@inline
function plainBytes(length: i32, width: u32): usize {
  return (<usize>(<u32>length * width) + 3) & ~3
}

@inline
function remainderBytes(length: i32, parameter: u32): usize {
  return ((<usize>(<u32>length * parameter) + 31) >> 5) << 2
}

/** The bytes up to `end` are zero, of a word of which `used` bytes are used (0: all of them). */
@inline
function isZeroFrom(end: usize, used: u32): bool {
  return used == 0 || load<u32>(end - 4) >> (used << 3) == 0
}

/** The same of bits. */
@inline
function isZeroBits(end: usize, used: u32): bool {
  return used == 0 || load<u32>(end - 4) >> used == 0
}
