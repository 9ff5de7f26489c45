// Exact sums of contributions in 64-bit integers (RD1), and their means. Compiled by AssemblyScript; works in memory that
// the caller owns and lays out, so it has no data of its own. All addresses are bytes; `sum` is of 64-bit integers.

/** sum[i] += mantissa[i] * 2^shift, for a block of 8-bit mantissas. */
export function addInt8(sum: usize, mantissas: usize, length: i32, shift: i32): void {
  const end = mantissas + <usize>length
  for (; mantissas + 8 <= end; mantissas += 8, sum += 64) {
    const eight = v128.load_ext<i8>(mantissas)
    addFour(sum, i32x4.extend_low_i16x8_s(eight), shift)
    addFour(sum + 32, i32x4.extend_high_i16x8_s(eight), shift)
  }
  for (; mantissas < end; mantissas++, sum += 8) addOne(sum, <i64>load<i8>(mantissas), shift)
}

/** sum[i] += mantissa[i] * 2^shift, for a block of 16-bit mantissas. */
export function addInt16(sum: usize, mantissas: usize, length: i32, shift: i32): void {
  const end = mantissas + ((<usize>length) << 1)
  for (; mantissas + 8 <= end; mantissas += 8, sum += 32) addFour(sum, v128.load_ext<i16>(mantissas), shift)
  for (; mantissas < end; mantissas += 2, sum += 8) addOne(sum, <i64>load<i16>(mantissas), shift)
}

/** sum[i] += value[i] * perUnit, for single-precision values that are whole multiples of the unit. */
export function addFloat32(sum: usize, values: usize, length: i32, perUnit: f64): void {
  const end = values + ((<usize>length) << 2)
  for (; values < end; values += 4, sum += 8) addOne(sum, <i64>(<f64>load<f32>(values) * perUnit), 0)
}

/** mean[i] = sum[i] * unit / samples, rounded to double by the conversion and once to single precision. */
export function meanOf(sum: usize, mean: usize, length: i32, unit: f64, samples: f64): void {
  const end = mean + ((<usize>length) << 2)
  for (; mean < end; mean += 4, sum += 8) store<f32>(mean, <f32>((<f64>load<i64>(sum) * unit) / samples))
}

function addFour(sum: usize, four: v128, shift: i32): void {
  const low = i64x2.shl(i64x2.extend_low_i32x4_s(four), shift)
  const high = i64x2.shl(i64x2.extend_high_i32x4_s(four), shift)
  v128.store(sum, i64x2.add(v128.load(sum), low))
  v128.store(sum, i64x2.add(v128.load(sum, 16), high), 16)
}

function addOne(sum: usize, value: i64, shift: i32): void {
  store<i64>(sum, load<i64>(sum) + (value << (<i64>shift)))
}
