// Narrow mantissas of several contributions at once, added to one block of 64-bit sums. `table` names the contributions' blocks,
// 16 bytes each: u32 address of the mantissas | 4 bytes that are not looked at | i32 shift, -1 once it is added | 4 bytes. Behind
// it the kernel keeps as much again for itself.

export const ENTRY: usize = 16

/**
 * sum[i] += mantissa[i] * 2^shift of each contribution. Those whose shifts are close are added in 32 bits first: two at a time
 * by one multiplication with their powers of two. `offset` is added to all addresses.
 */
export function addNarrow(sum: usize, table: usize, count: i32, length: i32, offset: usize, is16: bool): void {
  // 8 bits: 2^7 of mantissa, 2^14 of shift and at most 2^9 contributions make 30 bits. 16 bits: 2^15 of mantissa, so the
  // contributions and the shift share the 15 bits above.
  const spread = is16 ? <i32>clz(max(1, count - 1)) - 17 : 14
  for (let most = mostShift(table, count); most >= 0; most = mostShift(table, count)) {
    const base = max(0, most - spread)
    const pairs = pairUp(table, count, base, offset)
    if (is16) addPairs16(sum, table + <usize>count * ENTRY, pairs, length, base)
    else addPairs8(sum, table + <usize>count * ENTRY, pairs, length, base)
  }
}

/** Of those that are not added yet; -1 if all are. */
export function mostShift(table: usize, count: i32): i32 {
  let most = -1
  for (let entry = table, end = table + <usize>count * ENTRY; entry < end; entry += ENTRY) {
    most = max(most, load<i32>(entry, 8))
  }
  return most
}

/**
 * Pairs of contributions whose shift is `base` or more, 16 bytes each: u32 and u32 addresses of the block's mantissas | two
 * i16 powers of two. The last may be without a partner: its own mantissas again, times 0.
 */
export function pairUp(table: usize, count: i32, base: i32, offset: usize): i32 {
  const end = table + <usize>count * ENTRY
  let pairs = end
  let isFirst = true
  for (let entry = table; entry < end; entry += ENTRY) {
    const shift = load<i32>(entry, 8)
    if (shift < base) continue
    store<i32>(entry, -1, 8)
    const mantissas = load<u32>(entry) + <u32>offset
    const power: i32 = 1 << (shift - base)
    if (isFirst) {
      store<u32>(pairs, mantissas)
      store<u32>(pairs, mantissas, 4)
      store<i32>(pairs, power, 8)
      pairs += ENTRY
    } else {
      store<u32>(pairs - ENTRY, mantissas, 4)
      store<i16>(pairs - ENTRY, <i16>power, 10)
    }
    isFirst = !isFirst
  }
  return <i32>((pairs - end) / ENTRY)
}

export function addPairs8(sum: usize, pairs: usize, count: i32, length: i32, shift: i32): void {
  const end = pairs + <usize>count * ENTRY
  let i: usize = 0
  for (const whole = <usize>(length & ~15); i < whole; i += 16) {
    let a = i32x4.splat(0)
    let b = a
    let c = a
    let d = a
    for (let pair = pairs; pair < end; pair += ENTRY) {
      const one = <usize>load<u32>(pair) + i
      const two = <usize>load<u32>(pair, 4) + i
      const powers = v128.load32_splat(pair, 8)
      const one0 = v128.load_ext<i8>(one)
      const two0 = v128.load_ext<i8>(two)
      const one1 = v128.load_ext<i8>(one, 8)
      const two1 = v128.load_ext<i8>(two, 8)
      a = i32x4.add(a, i32x4.dot_i16x8_s(lowOf(one0, two0), powers))
      b = i32x4.add(b, i32x4.dot_i16x8_s(highOf(one0, two0), powers))
      c = i32x4.add(c, i32x4.dot_i16x8_s(lowOf(one1, two1), powers))
      d = i32x4.add(d, i32x4.dot_i16x8_s(highOf(one1, two1), powers))
    }
    const at = sum + (i << 3)
    addFour(at, a, shift)
    addFour(at + 32, b, shift)
    addFour(at + 64, c, shift)
    addFour(at + 96, d, shift)
  }
  for (; i < <usize>length; i++) {
    for (let pair = pairs; pair < end; pair += ENTRY) {
      const one = <i64>load<i8>(<usize>load<u32>(pair) + i) * <i64>load<i16>(pair, 8)
      const two = <i64>load<i8>(<usize>load<u32>(pair, 4) + i) * <i64>load<i16>(pair, 10)
      addOne(sum + (i << 3), (one + two) << <i64>shift)
    }
  }
}

export function addPairs16(sum: usize, pairs: usize, count: i32, length: i32, shift: i32): void {
  const end = pairs + <usize>count * ENTRY
  let i: usize = 0
  for (const whole = <usize>(length & ~7) << 1; i < whole; i += 16) {
    let a = i32x4.splat(0)
    let b = a
    for (let pair = pairs; pair < end; pair += ENTRY) {
      const one = v128.load(<usize>load<u32>(pair) + i)
      const two = v128.load(<usize>load<u32>(pair, 4) + i)
      const powers = v128.load32_splat(pair, 8)
      a = i32x4.add(a, i32x4.dot_i16x8_s(lowOf(one, two), powers))
      b = i32x4.add(b, i32x4.dot_i16x8_s(highOf(one, two), powers))
    }
    const at = sum + (i << 2)
    addFour(at, a, shift)
    addFour(at + 32, b, shift)
  }
  for (const all = <usize>length << 1; i < all; i += 2) {
    for (let pair = pairs; pair < end; pair += ENTRY) {
      const one = <i64>load<i16>(<usize>load<u32>(pair) + i) * <i64>load<i16>(pair, 8)
      const two = <i64>load<i16>(<usize>load<u32>(pair, 4) + i) * <i64>load<i16>(pair, 10)
      addOne(sum + (i << 2), (one + two) << <i64>shift)
    }
  }
}

@inline
export function lowOf(one: v128, two: v128): v128 {
  return v128.shuffle<i16>(one, two, 0, 8, 1, 9, 2, 10, 3, 11)
}

@inline
export function highOf(one: v128, two: v128): v128 {
  return v128.shuffle<i16>(one, two, 4, 12, 5, 13, 6, 14, 7, 15)
}

@inline
export function addFour(sum: usize, four: v128, shift: i32): void {
  addTo(sum, i64x2.shl(i64x2.extend_low_i32x4_s(four), shift))
  addTo(sum + 16, i64x2.shl(i64x2.extend_high_i32x4_s(four), shift))
}

@inline
export function addTo(sum: usize, two: v128): void {
  v128.store(sum, i64x2.add(v128.load(sum), two))
}

@inline
export function addOne(sum: usize, value: i64): void {
  store<i64>(sum, load<i64>(sum) + value)
}
