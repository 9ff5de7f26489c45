// Exact sums of contributions in 64-bit integers (RD1), and their means. Compiled by AssemblyScript; works in memory that
// the caller owns, lays out and shares between threads, so it has no data of its own. All addresses are bytes; `sum` is of
// 64-bit integers.
//
// Several contributions are added at once, so that each sum is read and written once for all of them. `table` names them,
// 16 bytes each: u32 address of the mantissas (or values) | u32 address of the blocks' exponents | 8 bytes for the kernel.
// Behind these the kernel keeps as much again for itself.

import { addNarrow, addOne, addTo, ENTRY } from './mantissas'

export { addSegment, faultOfSegment } from './partial-sum'

const BLOCK: i32 = 1024

/** sum[i] += mantissa[i] * 2^(exponent of its block - unit), for 8-bit mantissas. */
export function addInt8(sum: usize, table: usize, count: i32, length: i32, unit: i32): void {
  for (let block = 0; block * BLOCK < length; block++) {
    readShifts(table, count, block, unit)
    const from = <usize>(block * BLOCK)
    addNarrow(sum + (from << 3), table, count, min(BLOCK, length - block * BLOCK), from, false)
  }
}

/** As addInt8, for 16-bit mantissas. */
export function addInt16(sum: usize, table: usize, count: i32, length: i32, unit: i32): void {
  for (let block = 0; block * BLOCK < length; block++) {
    readShifts(table, count, block, unit)
    const from = <usize>(block * BLOCK)
    addNarrow(sum + (from << 3), table, count, min(BLOCK, length - block * BLOCK), from << 1, true)
  }
}

/**
 * sum[i] += value[i] * perUnit, for single-precision values that are whole multiples of the unit, below 2^47 of them: the sum
 * of up to 16 is exact in double precision.
 */
export function addFloat32(sum: usize, table: usize, count: i32, length: i32, perUnit: f64): void {
  // Added to a whole number below 2^51, it leaves that number in the low bits of the significand.
  const magic = f64x2.splat(6755399441055744.0)
  const scale = f64x2.splat(perUnit)
  const end = table + <usize>count * ENTRY
  let i: usize = 0
  const whole = <usize>(length & ~3) << 2
  for (; i < whole; i += 16) {
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let entry = table; entry < end; entry += ENTRY) {
      const values = <usize>load<u32>(entry) + i
      low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(values)))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(values, 8)))
    }
    const at = sum + (i << 1)
    addTo(at, i64x2.sub(f64x2.add(f64x2.mul(low, scale), magic), magic))
    addTo(at + 16, i64x2.sub(f64x2.add(f64x2.mul(high, scale), magic), magic))
  }
  for (const all = <usize>length << 2; i < all; i += 4) {
    let value: f64 = 0
    for (let entry = table; entry < end; entry += ENTRY) value += <f64>load<f32>(<usize>load<u32>(entry) + i)
    const at = sum + (i << 1)
    store<i64>(at, load<i64>(at) + <i64>(value * perUnit))
  }
}

/** Index of the first value that is not finite, not below `bound` in magnitude, or no whole number of units; -1 for none. */
export function faultOfFloat32(values: usize, length: i32, bound: f32, perUnit: f32): i32 {
  const bounds = f32x4.splat(bound)
  const scale = f32x4.splat(perUnit)
  let i = 0
  for (; i + 4 <= length; i += 4) {
    const four = v128.load(values + (<usize>i << 2))
    const units = f32x4.mul(four, scale)
    const fine = v128.and(f32x4.lt(f32x4.abs(four), bounds), f32x4.eq(f32x4.floor(units), units))
    if (!i32x4.all_true(fine)) break
  }
  for (; i < length; i++) {
    const value = load<f32>(values + (<usize>i << 2))
    const units = value * perUnit
    if (!(abs(value) < bound) || floor(units) != units) return i
  }
  return -1
}

/** mean[i] = sum[i] * unit / samples, rounded to double by the conversion and once to single precision; the sums become 0. */
export function takeMean(sum: usize, mean: usize, length: i32, unit: f64, samples: f64): void {
  const units = f64x2.splat(unit)
  const divisor = f64x2.splat(samples)
  const zero = i64x2.splat(0)
  const end = mean + ((<usize>length) << 2)
  for (; mean + 8 <= end; mean += 8, sum += 16) {
    const two = f64x2.div(f64x2.mul(toDoubles(v128.load(sum)), units), divisor)
    v128.store64_lane(mean, f32x4.demote_f64x2_zero(two), 0)
    v128.store(sum, zero)
  }
  if (mean < end) {
    store<f32>(mean, <f32>((<f64>load<i64>(sum) * unit) / samples))
    store<i64>(sum, 0)
  }
}

/** Both halves of 32 bits are exact in double precision, and their sum is rounded once: as the scalar conversion does. */
function toDoubles(integers: v128): v128 {
  const low = v128.or(v128.and(integers, i64x2.splat(0xffffffff)), i64x2.splat(0x4330000000000000)) // 2^52 + low
  const high = v128.xor(i64x2.shr_u(integers, 32), i64x2.splat(0x4530000080000000)) // 2^84 + 2^63 + high * 2^32
  // 2^84 + 2^63 + 2^52
  return f64x2.add(f64x2.sub(high, f64x2.splat(19342822341709703277445120.0)), low)
}

/** The shift of each contribution's block, and with it: not added yet. */
function readShifts(table: usize, count: i32, block: i32, unit: i32): void {
  for (let entry = table, end = table + <usize>count * ENTRY; entry < end; entry += ENTRY) {
    store<i32>(entry, <i32>load<i8>(<usize>load<u32>(entry, 4) + block) - unit, 8)
  }
}
