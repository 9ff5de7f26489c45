// Exact sums of contributions in 64-bit integers (RD1), and their means. Compiled by AssemblyScript; works in memory that
// the caller owns, lays out and shares between threads, so it has no data of its own. All addresses are bytes; `sum` is of
// 64-bit integers.
//
// Several contributions are added at once, so that each sum is read and written once for all of them. `table` names them,
// 16 bytes each: u32 address of the mantissas (or values) | u32 address of the blocks' exponents | 8 bytes for the kernel.
// Behind these the kernel keeps as much again for itself.

export { addSegment, faultOfSegment } from './partial-sum'

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
