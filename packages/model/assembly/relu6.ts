/** relu6's gradient: passes where its output lies strictly between 0 and 6. */
import { Lanes, loadLanes, storeLanes, zero } from './lanes'

/** dy where low < linear < high, else zero. */
@inline export function passRelu6(dy: v128, linear: v128, low: v128, high: v128): v128 {
  return v128.and(dy, v128.and(f32x4.gt(linear, low), f32x4.lt(linear, high)))
}

/** dx = dy where 0 < y < 6, else 0: the gradient of relu6 by its output. */
export function relu6Gradient(dy: usize, y: usize, dx: usize, count: i32): void {
  let i = 0
  for (; i + 4 <= count; i += 4) relu6GradientBlock(4, dy + (i << 2), y + (i << 2), dx + (i << 2))
  for (; i < count; i++) relu6GradientBlock(1, dy + (i << 2), y + (i << 2), dx + (i << 2))
}

@inline function relu6GradientBlock(lanes: Lanes, dy: usize, y: usize, dx: usize): void {
  storeLanes(lanes, dx, passRelu6(loadLanes(lanes, dy), loadLanes(lanes, y), zero(), f32x4.splat(6)))
}
