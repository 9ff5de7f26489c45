// Exact sums of contributions in 64-bit integers (RD1), and their means. Compiled by AssemblyScript; works in memory that
// the caller owns and lays out, so it has no data of its own. All addresses are bytes.

/** sum[i] += mantissa[i] * 2^shift, for a block of 8-bit mantissas. */
export function addInt8(sum: usize, mantissas: usize, length: i32, shift: i64): void {
  for (let i: i32 = 0; i < length; i++) {
    const at = sum + ((<usize>i) << 3)
    store<i64>(at, load<i64>(at) + ((<i64>load<i8>(mantissas + i)) << shift))
  }
}

/** sum[i] += mantissa[i] * 2^shift, for a block of 16-bit mantissas. */
export function addInt16(sum: usize, mantissas: usize, length: i32, shift: i64): void {
  for (let i: i32 = 0; i < length; i++) {
    const at = sum + ((<usize>i) << 3)
    store<i64>(at, load<i64>(at) + ((<i64>load<i16>(mantissas + ((<usize>i) << 1))) << shift))
  }
}

/** sum[i] += value[i] * perUnit, for single-precision values that are whole multiples of the unit. */
export function addFloat32(sum: usize, values: usize, length: i32, perUnit: f64): void {
  for (let i: i32 = 0; i < length; i++) {
    const at = sum + ((<usize>i) << 3)
    store<i64>(at, load<i64>(at) + <i64>(<f64>load<f32>(values + ((<usize>i) << 2)) * perUnit))
  }
}

/** mean[i] = sum[i] * unit / samples, rounded to double by the conversion and once to single precision. */
export function meanOf(sum: usize, mean: usize, length: i32, unit: f64, samples: f64): void {
  for (let i: i32 = 0; i < length; i++) {
    store<f32>(mean + ((<usize>i) << 2), <f32>((<f64>load<i64>(sum + ((<usize>i) << 3)) * unit) / samples))
  }
}
