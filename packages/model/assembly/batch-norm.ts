/**
 * Batch normalisation of x[rows,channels], clamped where asked for (relu, relu6): few passes over memory, which is what it costs.
 * The backward pass computes the clamp's mask from x again instead of reading the output.
 */
import { Lanes, loadLanes, multiplyAdd, storeLanes, zero } from './lanes'
import { passWithin } from './activation'

/** The sum of each channel: what a bias's gradient is. */
export function channelSums(x: usize, sums: usize, rows: i32, channels: i32): void {
  memory.fill(sums, 0, channels << 2)
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const from = x + ((start * channels) << 2)
    let c = 0
    for (; c + 4 <= channels; c += 4) addSums(4, from + (c << 2), sums + (c << 2), count, channels)
    for (; c < channels; c++) addSums(1, from + (c << 2), sums + (c << 2), count, channels)
  }
}

/** Mean and variance (divided by rows) of each channel: two passes, for the variance of large means. */
export function channelMoments(x: usize, mean: usize, variance: usize, rows: i32, channels: i32): void {
  channelSums(x, mean, rows, channels)
  divideAll(mean, channels, rows)
  memory.fill(variance, 0, channels << 2)
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const from = x + ((start * channels) << 2)
    let c = 0
    for (; c + 4 <= channels; c += 4) addSquares(4, from + (c << 2), mean + (c << 2), variance + (c << 2), count, channels)
    for (; c < channels; c++) addSquares(1, from + (c << 2), mean + (c << 2), variance + (c << 2), count, channels)
  }
  divideAll(variance, channels, rows)
}

/** Rows whose values fill about 8 KB, at least 16: they stay in the nearest cache while all channels are seen to. */
@inline function rowsNearby(channels: i32): i32 {
  return max(16, 2048 / channels)
}

@inline function addSums(lanes: Lanes, x: usize, sums: usize, rows: i32, channels: i32): void {
  const stride = channels << 2
  let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero()
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    sum0 = f32x4.add(sum0, loadLanes(lanes, x))
    sum1 = f32x4.add(sum1, loadLanes(lanes, x + stride))
    sum2 = f32x4.add(sum2, loadLanes(lanes, x + 2 * stride))
    sum3 = f32x4.add(sum3, loadLanes(lanes, x + 3 * stride))
    x += 4 * stride
  }
  for (; row < rows; row++) {
    sum0 = f32x4.add(sum0, loadLanes(lanes, x))
    x += stride
  }
  addTotal(lanes, sums, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
}

@inline function addSquares(lanes: Lanes, x: usize, mean: usize, sums: usize, rows: i32, channels: i32): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero()
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    sum0 = f32x4.add(sum0, squareOf(f32x4.sub(loadLanes(lanes, x), average)))
    sum1 = f32x4.add(sum1, squareOf(f32x4.sub(loadLanes(lanes, x + stride), average)))
    sum2 = f32x4.add(sum2, squareOf(f32x4.sub(loadLanes(lanes, x + 2 * stride), average)))
    sum3 = f32x4.add(sum3, squareOf(f32x4.sub(loadLanes(lanes, x + 3 * stride), average)))
    x += 4 * stride
  }
  for (; row < rows; row++) {
    sum0 = f32x4.add(sum0, squareOf(f32x4.sub(loadLanes(lanes, x), average)))
    x += stride
  }
  addTotal(lanes, sums, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
}

@inline function addTotal(lanes: Lanes, at: usize, value: v128): void {
  storeLanes(lanes, at, f32x4.add(loadLanes(lanes, at), value))
}

function divideAll(values: usize, count: i32, by: i32): void {
  for (let i = 0; i < count; i++) store<f32>(values + (i << 2), load<f32>(values + (i << 2)) / <f32>by)
}

@inline function squareOf(value: v128): v128 {
  return f32x4.mul(value, value)
}

@inline function reciprocalDeviation(lanes: Lanes, variance: usize, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(loadLanes(lanes, variance), f32x4.splat(epsilon))))
}

/** y = (x - mean) * scale / sqrt(variance + epsilon) + offset, clamped to [lowest,highest]. */
export function normalise(
  x: usize, y: usize, mean: usize, variance: usize, scale: usize, offset: usize, rows: i32, channels: i32,
  epsilon: f32, lowest: f32, highest: f32,
): void {
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const skip = (start * channels) << 2
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      normaliseBlock(4, x + skip + at, y + skip + at, mean + at, variance + at, scale + at, offset + at, count, channels, epsilon, lowest, highest)
    }
    for (; c < channels; c++) {
      const at = c << 2
      normaliseBlock(1, x + skip + at, y + skip + at, mean + at, variance + at, scale + at, offset + at, count, channels, epsilon, lowest, highest)
    }
  }
}

@inline function normaliseBlock(
  lanes: Lanes, x: usize, y: usize, mean: usize, variance: usize, scale: usize, offset: usize, rows: i32,
  channels: i32, epsilon: f32, lowest: f32, highest: f32,
): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  const factor = f32x4.mul(loadLanes(lanes, scale), reciprocalDeviation(lanes, variance, epsilon))
  const shift = loadLanes(lanes, offset)
  const low = f32x4.splat(lowest)
  const high = f32x4.splat(highest)
  // The pseudo forms are one instruction each, where min and max are many; NaN passes through them in this order.
  let row = 0
  for (; row + 2 <= rows; row += 2) {
    const linear0 = multiplyAdd(f32x4.sub(loadLanes(lanes, x), average), factor, shift)
    const linear1 = multiplyAdd(f32x4.sub(loadLanes(lanes, x + stride), average), factor, shift)
    storeLanes(lanes, y, f32x4.pmin(f32x4.pmax(linear0, low), high))
    storeLanes(lanes, y + stride, f32x4.pmin(f32x4.pmax(linear1, low), high))
    x += 2 * stride
    y += 2 * stride
  }
  if (row < rows) {
    const linear = multiplyAdd(f32x4.sub(loadLanes(lanes, x), average), factor, shift)
    storeLanes(lanes, y, f32x4.pmin(f32x4.pmax(linear, low), high))
  }
}

/**
 * Gradients with respect to scale and offset. With a clamp, `dx` is filled with what passes through it (its mask is computed
 * from x, as `normalise` computed it), for `normaliseInputGradient` to go on from; without one (bounds that are infinite) dx is
 * left alone: all of dy passes.
 */
export function normaliseParameterGradient(
  x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize, dOffset: usize,
  dx: usize, rows: i32, channels: i32, epsilon: f32, lowest: f32, highest: f32,
): void {
  memory.fill(dScale, 0, channels << 2)
  memory.fill(dOffset, 0, channels << 2)
  const clamped = isClamp(lowest, highest)
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const skip = (start * channels) << 2
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      if (clamped) clampedParameterBlock(4, x + skip + at, dy + skip + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, dx + skip + at, count, channels, epsilon, lowest, highest)
      else parameterBlock(4, x + skip + at, dy + skip + at, mean + at, variance + at, dScale + at, dOffset + at, count, channels, epsilon)
    }
    for (; c < channels; c++) {
      const at = c << 2
      if (clamped) clampedParameterBlock(1, x + skip + at, dy + skip + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, dx + skip + at, count, channels, epsilon, lowest, highest)
      else parameterBlock(1, x + skip + at, dy + skip + at, mean + at, variance + at, dScale + at, dOffset + at, count, channels, epsilon)
    }
  }
}

@inline function isClamp(lowest: f32, highest: f32): bool {
  return lowest != -Infinity || highest != Infinity
}

@inline function clampedParameterBlock(
  lanes: Lanes, x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize,
  dOffset: usize, dx: usize, rows: i32, channels: i32, epsilon: f32, lowest: f32, highest: f32,
): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  const deviation = reciprocalDeviation(lanes, variance, epsilon)
  const factor = f32x4.mul(loadLanes(lanes, scale), deviation)
  const shift = loadLanes(lanes, offset)
  const low = f32x4.splat(lowest)
  const high = f32x4.splat(highest)
  let scale0 = zero(), scale1 = zero(), offset0 = zero(), offset1 = zero()
  let row = 0
  for (; row + 2 <= rows; row += 2) {
    const centred0 = f32x4.sub(loadLanes(lanes, x), average)
    const centred1 = f32x4.sub(loadLanes(lanes, x + stride), average)
    const passed0 = passWithin(loadLanes(lanes, dy), multiplyAdd(centred0, factor, shift), low, high)
    const passed1 = passWithin(loadLanes(lanes, dy + stride), multiplyAdd(centred1, factor, shift), low, high)
    storeLanes(lanes, dx, passed0)
    storeLanes(lanes, dx + stride, passed1)
    offset0 = f32x4.add(offset0, passed0)
    offset1 = f32x4.add(offset1, passed1)
    scale0 = multiplyAdd(passed0, centred0, scale0)
    scale1 = multiplyAdd(passed1, centred1, scale1)
    x += 2 * stride
    dy += 2 * stride
    dx += 2 * stride
  }
  if (row < rows) {
    const centred = f32x4.sub(loadLanes(lanes, x), average)
    const passed = passWithin(loadLanes(lanes, dy), multiplyAdd(centred, factor, shift), low, high)
    storeLanes(lanes, dx, passed)
    offset0 = f32x4.add(offset0, passed)
    scale0 = multiplyAdd(passed, centred, scale0)
  }
  addTotal(lanes, dOffset, f32x4.add(offset0, offset1))
  addTotal(lanes, dScale, f32x4.mul(f32x4.add(scale0, scale1), deviation))
}

@inline function parameterBlock(
  lanes: Lanes, x: usize, dy: usize, mean: usize, variance: usize, dScale: usize, dOffset: usize, rows: i32,
  channels: i32, epsilon: f32,
): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  let scale0 = zero(), scale1 = zero(), offset0 = zero(), offset1 = zero()
  let row = 0
  for (; row + 2 <= rows; row += 2) {
    const passed0 = loadLanes(lanes, dy)
    const passed1 = loadLanes(lanes, dy + stride)
    offset0 = f32x4.add(offset0, passed0)
    offset1 = f32x4.add(offset1, passed1)
    scale0 = multiplyAdd(passed0, f32x4.sub(loadLanes(lanes, x), average), scale0)
    scale1 = multiplyAdd(passed1, f32x4.sub(loadLanes(lanes, x + stride), average), scale1)
    x += 2 * stride
    dy += 2 * stride
  }
  if (row < rows) {
    const passed = loadLanes(lanes, dy)
    offset0 = f32x4.add(offset0, passed)
    scale0 = multiplyAdd(passed, f32x4.sub(loadLanes(lanes, x), average), scale0)
  }
  addTotal(lanes, dOffset, f32x4.add(offset0, offset1))
  const deviation = reciprocalDeviation(lanes, variance, epsilon)
  addTotal(lanes, dScale, f32x4.mul(f32x4.add(scale0, scale1), deviation))
}

/** The gradient with respect to x, given those of scale and offset, and what passed the clamp (which may be dx itself). */
export function normaliseInputGradient(
  x: usize, passed: usize, mean: usize, variance: usize, scale: usize, dScale: usize, dOffset: usize, dx: usize,
  rows: i32, channels: i32, epsilon: f32,
): void {
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const skip = (start * channels) << 2
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      inputGradientBlock(4, x + skip + at, passed + skip + at, mean + at, variance + at, scale + at, dScale + at, dOffset + at, dx + skip + at, rows, count, channels, epsilon)
    }
    for (; c < channels; c++) {
      const at = c << 2
      inputGradientBlock(1, x + skip + at, passed + skip + at, mean + at, variance + at, scale + at, dScale + at, dOffset + at, dx + skip + at, rows, count, channels, epsilon)
    }
  }
}

@inline function inputGradientBlock(
  lanes: Lanes, x: usize, passed: usize, mean: usize, variance: usize, scale: usize, dScale: usize, dOffset: usize,
  dx: usize, rows: i32, count: i32, channels: i32, epsilon: f32,
): void {
  const stride = channels << 2
  const n = f32x4.splat(<f32>rows)
  const average = loadLanes(lanes, mean)
  const deviation = reciprocalDeviation(lanes, variance, epsilon)
  const factor = f32x4.mul(loadLanes(lanes, scale), deviation)
  const meanGradient = f32x4.div(loadLanes(lanes, dOffset), n)
  const slope = f32x4.mul(f32x4.div(loadLanes(lanes, dScale), n), deviation)
  let row = 0
  for (; row + 2 <= count; row += 2) {
    const centred0 = f32x4.sub(loadLanes(lanes, x), average)
    const centred1 = f32x4.sub(loadLanes(lanes, x + stride), average)
    const rest0 = f32x4.sub(f32x4.sub(loadLanes(lanes, passed), meanGradient), f32x4.mul(centred0, slope))
    const rest1 = f32x4.sub(f32x4.sub(loadLanes(lanes, passed + stride), meanGradient), f32x4.mul(centred1, slope))
    storeLanes(lanes, dx, f32x4.mul(factor, rest0))
    storeLanes(lanes, dx + stride, f32x4.mul(factor, rest1))
    x += 2 * stride
    passed += 2 * stride
    dx += 2 * stride
  }
  if (row < count) {
    const centred = f32x4.sub(loadLanes(lanes, x), average)
    const rest = f32x4.sub(f32x4.sub(loadLanes(lanes, passed), meanGradient), f32x4.mul(centred, slope))
    storeLanes(lanes, dx, f32x4.mul(factor, rest))
  }
}
