/**
 * Four lanes of SIMD, or one. Where the number of channels is no multiple of four, the rest is done one channel at a time
 * by the same code with one lane: inlined with a constant number of lanes, one source makes both bodies.
 */

export type Lanes = i32

@inline export function loadLanes(lanes: Lanes, at: usize): v128 {
  return lanes == 4 ? v128.load(at) : v128.load32_zero(at)
}

@inline export function storeLanes(lanes: Lanes, at: usize, value: v128): void {
  if (lanes == 4) v128.store(at, value)
  else v128.store_lane<f32>(at, value, 0)
}

@inline export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b))
}

@inline export function zero(): v128 {
  return f32x4.splat(0)
}
