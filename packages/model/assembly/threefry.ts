/**
 * Threefry-2x32 with 20 rounds, four blocks at a time: the same words as `protocol/threefry.ts` makes one block after the other. Integers
 * alone, so the bits are the same by construction.
 */

const PARITY: i32 = 0x1bd11bda

/** `count` blocks, a multiple of 4, of two words each, whose counters are (`block`, `high`), (`block` + 1, `high`), ... */
export function threefryBlocks(
  key0: i32,
  key1: i32,
  block: i32,
  high: i32,
  count: i32,
  out: usize,
): void {
  const key2 = PARITY ^ key0 ^ key1
  let counters = i32x4.add(i32x4.splat(block + key0), i32x4(0, 1, 2, 3))
  const others = i32x4.splat(high + key1)
  const end = out + ((count as usize) << 3)
  for (let at = out; at < end; at += 32) {
    let x0 = counters
    let x1 = others
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 13), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 15), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 26), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 6), x0)
    x0 = i32x4.add(x0, i32x4.splat(key1))
    x1 = i32x4.add(x1, i32x4.splat(key2 + 1))
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 17), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 29), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 16), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 24), x0)
    x0 = i32x4.add(x0, i32x4.splat(key2))
    x1 = i32x4.add(x1, i32x4.splat(key0 + 2))
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 13), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 15), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 26), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 6), x0)
    x0 = i32x4.add(x0, i32x4.splat(key0))
    x1 = i32x4.add(x1, i32x4.splat(key1 + 3))
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 17), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 29), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 16), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 24), x0)
    x0 = i32x4.add(x0, i32x4.splat(key1))
    x1 = i32x4.add(x1, i32x4.splat(key2 + 4))
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 13), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 15), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 26), x0)
    x0 = i32x4.add(x0, x1)
    x1 = v128.xor(rotated(x1, 6), x0)
    x0 = i32x4.add(x0, i32x4.splat(key2))
    x1 = i32x4.add(x1, i32x4.splat(key0 + 5))
    v128.store(at, v128.shuffle<i32>(x0, x1, 0, 4, 1, 5))
    v128.store(at, v128.shuffle<i32>(x0, x1, 2, 6, 3, 7), 16)
    counters = i32x4.add(counters, i32x4.splat(4))
  }
}

@inline function rotated(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by))
}
