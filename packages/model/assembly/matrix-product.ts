/** Matrix products: the gradients of 1x1 convolutions, and of others by way of patches. Tiles of 4 x 8 sums in registers. */
import { Lanes, loadLanes, multiplyAdd, storeLanes, zero } from './lanes'

/** Rows that are summed before the sum joins the total: they stay in the cache, and rounding errors stay small. */
@inline const ROWS_PER_PARTIAL_SUM: i32 = 256

/**
 * c[m,n] += transpose(a[rows,m]) * b[rows,n]. `scratch` holds 256 * (4 + n) values: panels of both matrices are copied there,
 * where they lie close together (their rows are far apart, and every tile would walk over all of them).
 */
export function multiplyTransposed(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32, scratch: usize): void {
  for (let start = 0; start < rows; start += ROWS_PER_PARTIAL_SUM) {
    const count = min(ROWS_PER_PARTIAL_SUM, rows - start)
    const fromA = a + ((start * m) << 2)
    const fromB = b + ((start * n) << 2)
    // Copies cost a pass over each, which few tiles do not earn back.
    if (n >= 32 && m * n >= 8192) multiplyTransposedPanels(fromA, fromB, c, count, m, n, scratch)
    else multiplyTransposedTiles(fromA, fromB, c, count, m, n)
    multiplyTransposedRest(fromA, fromB, c, count, m, n)
  }
}

/** Whole tiles of 4 x 8. */
function multiplyTransposedTiles(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  for (let j = 0; j + 8 <= n; j += 8) {
    for (let i = 0; i + 4 <= m; i += 4) {
      tileOfRows(a + (i << 2), b + (j << 2), c + ((i * n + j) << 2), rows, m, n)
    }
  }
}

function multiplyTransposedPanels(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32, scratch: usize): void {
  const panelsOfB = scratch + (ROWS_PER_PARTIAL_SUM << 4)
  let to = panelsOfB
  for (let j = 0; j + 8 <= n; j += 8) {
    let from = b + (j << 2)
    for (let row = 0; row < rows; row++) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      from += n << 2
      to += 32
    }
  }
  for (let i = 0; i + 4 <= m; i += 4) {
    let from = a + (i << 2)
    for (let row = 0; row < rows; row++) {
      v128.store(scratch + (row << 4), v128.load(from))
      from += m << 2
    }
    let panel = panelsOfB
    for (let j = 0; j + 8 <= n; j += 8) {
      tileOfPanels(scratch, panel, c + ((i * n + j) << 2), rows, n)
      panel += rows << 5
    }
  }
}

/** What whole tiles leave over, below and on the right. */
function multiplyTransposedRest(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  let j = 0
  for (; j + 8 <= n; j += 8) {
    for (let i = m & ~3; i < m; i++) {
      transposedTile1(4, a + (i << 2), b + (j << 2), c + ((i * n + j) << 2), rows, m, n)
      transposedTile1(4, a + (i << 2), b + ((j + 4) << 2), c + ((i * n + j + 4) << 2), rows, m, n)
    }
  }
  for (; j + 4 <= n; j += 4) {
    for (let i = 0; i < m; i++) transposedTile1(4, a + (i << 2), b + (j << 2), c + ((i * n + j) << 2), rows, m, n)
  }
  for (; j < n; j++) {
    for (let i = 0; i < m; i++) transposedTile1(1, a + (i << 2), b + (j << 2), c + ((i * n + j) << 2), rows, m, n)
  }
}

function tileOfRows(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  transposedTile4x8(a, b, c, rows, m << 2, n << 2, n << 2)
}

function tileOfPanels(a: usize, b: usize, c: usize, rows: i32, n: i32): void {
  transposedTile4x8(a, b, c, rows, 16, 32, n << 2)
}

/** Strides in bytes. */
@inline function transposedTile4x8(
  a: usize, b: usize, c: usize, rows: i32, aStride: i32, bStride: i32, cStride: i32,
): void {
  let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero(), c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero()
  for (let row = 0; row < rows; row++) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let factor = v128.load32_splat(a)
    c00 = multiplyAdd(factor, b0, c00)
    c01 = multiplyAdd(factor, b1, c01)
    factor = v128.load32_splat(a, 4)
    c10 = multiplyAdd(factor, b0, c10)
    c11 = multiplyAdd(factor, b1, c11)
    factor = v128.load32_splat(a, 8)
    c20 = multiplyAdd(factor, b0, c20)
    c21 = multiplyAdd(factor, b1, c21)
    factor = v128.load32_splat(a, 12)
    c30 = multiplyAdd(factor, b0, c30)
    c31 = multiplyAdd(factor, b1, c31)
    a += aStride
    b += bStride
  }
  addTo8(c, c00, c01)
  addTo8(c + cStride, c10, c11)
  addTo8(c + 2 * cStride, c20, c21)
  addTo8(c + 3 * cStride, c30, c31)
}

@inline function addTo8(at: usize, value0: v128, value1: v128): void {
  v128.store(at, f32x4.add(v128.load(at), value0))
  v128.store(at, f32x4.add(v128.load(at, 16), value1), 16)
}

@inline function transposedTile1(lanes: Lanes, a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  let sum = zero()
  for (let row = 0; row < rows; row++) {
    sum = multiplyAdd(v128.load32_splat(a + ((row * m) << 2)), loadLanes(lanes, b + ((row * n) << 2)), sum)
  }
  storeLanes(lanes, c, f32x4.add(loadLanes(lanes, c), sum))
}

/**
 * Packs transpose(w[n,k]) for `multiplyPacked`: panels of 8 columns, each [k,8], the last filled up with zeros.
 * `packed` holds k * (n rounded up to a multiple of 8) values.
 */
export function packTransposed(w: usize, packed: usize, n: i32, k: i32): void {
  for (let panel = 0; panel < n; panel += 8) {
    for (let row = 0; row < k; row++) {
      for (let lane = 0; lane < 8; lane++) {
        const column = panel + lane
        store<f32>(packed, column < n ? load<f32>(w + ((column * k + row) << 2)) : 0)
        packed += 4
      }
    }
  }
}

/** c[rows,n] = a[rows,k] * b[k,n], b packed. */
export function multiplyPacked(a: usize, packed: usize, c: usize, rows: i32, k: i32, n: i32): void {
  // A block of a stays in the cache while all panels pass over it.
  for (let start = 0; start < rows; start += 64) {
    const end = min(start + 64, rows)
    for (let panel = 0; panel < n; panel += 8) {
      const b = packed + ((panel * k) << 2)
      let row = start
      for (; row + 4 <= end; row += 4) packedTile4x8(a + ((row * k) << 2), b, c, row, panel, k, n)
      for (; row < end; row++) packedTile1x8(a + ((row * k) << 2), b, c, row, panel, k, n)
    }
  }
}

function packedTile4x8(a: usize, b: usize, c: usize, row: i32, panel: i32, k: i32, n: i32): void {
  const stride = k << 2
  const a1 = a + stride
  const a2 = a1 + stride
  const a3 = a2 + stride
  let c00 = zero(), c01 = zero(), c10 = zero(), c11 = zero(), c20 = zero(), c21 = zero(), c30 = zero(), c31 = zero()
  for (let at = 0; at < stride; at += 4) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let factor = v128.load32_splat(a + at)
    c00 = multiplyAdd(factor, b0, c00)
    c01 = multiplyAdd(factor, b1, c01)
    factor = v128.load32_splat(a1 + at)
    c10 = multiplyAdd(factor, b0, c10)
    c11 = multiplyAdd(factor, b1, c11)
    factor = v128.load32_splat(a2 + at)
    c20 = multiplyAdd(factor, b0, c20)
    c21 = multiplyAdd(factor, b1, c21)
    factor = v128.load32_splat(a3 + at)
    c30 = multiplyAdd(factor, b0, c30)
    c31 = multiplyAdd(factor, b1, c31)
    b += 32
  }
  const count = n - panel
  const out = c + ((row * n + panel) << 2)
  storeFirst(out, c00, c01, count)
  storeFirst(out + (n << 2), c10, c11, count)
  storeFirst(out + (n << 3), c20, c21, count)
  storeFirst(out + n * 12, c30, c31, count)
}

function packedTile1x8(a: usize, b: usize, c: usize, row: i32, panel: i32, k: i32, n: i32): void {
  let c0 = zero(), c1 = zero()
  for (let i = 0; i < k; i++) {
    const factor = v128.load32_splat(a + (i << 2))
    c0 = multiplyAdd(factor, v128.load(b + (i << 5)), c0)
    c1 = multiplyAdd(factor, v128.load(b + (i << 5), 16), c1)
  }
  storeFirst(c + ((row * n + panel) << 2), c0, c1, n - panel)
}

/** Stores the first `count` of eight values, or all. */
@inline function storeFirst(at: usize, value0: v128, value1: v128, count: i32): void {
  if (count >= 8) {
    v128.store(at, value0)
    v128.store(at, value1, 16)
  } else storeSome(at, value0, value1, count)
}

function storeSome(at: usize, value0: v128, value1: v128, count: i32): void {
  let rest = value0
  for (let i = 0; i < count; i++) {
    if (i == 4) rest = value1
    v128.store_lane<f32>(at + (i << 2), rest, 0)
    rest = i8x16.shuffle(rest, rest, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3)
  }
}
