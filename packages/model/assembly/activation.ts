/** The gradient of a clamp (relu, relu6): passes where its output lies strictly between the bounds. */
import { Lanes, loadLanes, storeLanes } from './lanes'

/** dy where low < linear < high, else zero. */
@inline export function passWithin(dy: v128, linear: v128, low: v128, high: v128): v128 {
  return v128.and(dy, v128.and(f32x4.gt(linear, low), f32x4.lt(linear, high)))
}

/** dx = dy where lowest < y < highest, else 0: the gradient of a clamp by its output. */
export function activationGradient(dy: usize, y: usize, dx: usize, count: i32, lowest: f32, highest: f32): void {
  const low = f32x4.splat(lowest)
  const high = f32x4.splat(highest)
  let i = 0
  for (; i + 4 <= count; i += 4) gradientBlock(4, dy + (i << 2), y + (i << 2), dx + (i << 2), low, high)
  for (; i < count; i++) gradientBlock(1, dy + (i << 2), y + (i << 2), dx + (i << 2), low, high)
}

@inline function gradientBlock(lanes: Lanes, dy: usize, y: usize, dx: usize, low: v128, high: v128): void {
  storeLanes(lanes, dx, passWithin(loadLanes(lanes, dy), loadLanes(lanes, y), low, high))
}
