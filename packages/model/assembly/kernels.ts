/**
 * The gradient kernels that tfjs's WASM backend lacks, and batch normalisation in few passes, on four lanes of SIMD.
 *
 * They work in place on tfjs's tensors: the memory is tfjs's, a pointer is a tensor's offset in it. So this module has no
 * data section, no heap and no globals; scratch space is a tensor of the caller's. Images are [n, height, width,
 * channels]. Every sum has one fixed order, so the same bits come out of every engine (SD2). No relaxed SIMD.
 *
 * Where the number of channels is no multiple of four, the rest is done one channel at a time by the same code with one
 * lane (`Lanes` 1). `@inline` with a constant number of lanes makes two bodies out of one.
 */

type Lanes = i32

@inline function loadLanes(lanes: Lanes, at: usize): v128 {
  return lanes == 4 ? v128.load(at) : v128.load32_zero(at)
}

@inline function storeLanes(lanes: Lanes, at: usize, value: v128): void {
  if (lanes == 4) v128.store(at, value)
  else v128.store_lane<f32>(at, value, 0)
}

@inline function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b))
}

@inline function zero(): v128 {
  return f32x4.splat(0)
}

// ---- Matrix products: 1x1 convolutions, and others by way of patches ----

/** Rows that are summed before the sum joins the total: they stay in the cache, and rounding errors stay small. */
// @ts-ignore: decorator
@inline const ROWS_PER_PARTIAL_SUM: i32 = 256

/** c[m,n] += transpose(a[rows,m]) * b[rows,n] */
export function multiplyTransposed(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  for (let start = 0; start < rows; start += ROWS_PER_PARTIAL_SUM) {
    const count = min(ROWS_PER_PARTIAL_SUM, rows - start)
    multiplyTransposedRows(a + ((start * m) << 2), b + ((start * n) << 2), c, count, m, n)
  }
}

function multiplyTransposedRows(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  let j = 0
  for (; j + 8 <= n; j += 8) {
    let i = 0
    for (; i + 4 <= m; i += 4) transposedTile4x8(a + (i << 2), b + (j << 2), c + ((i * n + j) << 2), rows, m, n)
    for (; i < m; i++) {
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

function transposedTile4x8(a: usize, b: usize, c: usize, rows: i32, m: i32, n: i32): void {
  const aStride = m << 2
  const bStride = n << 2
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
  addTo8(c + bStride, c10, c11)
  addTo8(c + 2 * bStride, c20, c21)
  addTo8(c + 3 * bStride, c30, c31)
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

// ---- Patches: a convolution with a filter [kh,kw,c,o] is patches [oh*ow, kh*kw*c] times the filter ----

/** The patches of one image, with zeros outside of it. */
export function gatherPatches(
  x: usize, patches: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = channels << 2
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const left = ox * stride - padLeft
      const from = max(0, -left)
      const to = max(from, min(kernelWidth, width - left))
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = oy * stride - padTop + ky
        if (y < 0 || y >= height || from == to) {
          memory.fill(patches, 0, kernelWidth * pixel)
        } else {
          if (from > 0) memory.fill(patches, 0, from * pixel)
          copyFloats(patches + from * pixel, x + (y * width + left + from) * pixel, (to - from) * channels)
          if (to < kernelWidth) memory.fill(patches + to * pixel, 0, (kernelWidth - to) * pixel)
        }
        patches += kernelWidth * pixel
      }
    }
  }
}

/** Adds the patches of one image to the pixels they come from: the transpose of `gatherPatches`. */
export function scatterPatches(
  patches: usize, x: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = channels << 2
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const left = ox * stride - padLeft
      const from = max(0, -left)
      const to = max(from, min(kernelWidth, width - left))
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = oy * stride - padTop + ky
        if (y >= 0 && y < height) {
          addFloats(x + (y * width + left + from) * pixel, patches + from * pixel, (to - from) * channels)
        }
        patches += kernelWidth * pixel
      }
    }
  }
}

@inline function copyFloats(to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + 4 <= count; i += 4) v128.store(to + (i << 2), v128.load(from + (i << 2)))
  for (; i < count; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)))
}

@inline function addFloats(to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + 4 <= count; i += 4) v128.store(to + (i << 2), f32x4.add(v128.load(to + (i << 2)), v128.load(from + (i << 2))))
  for (; i < count; i++) store<f32>(to + (i << 2), load<f32>(to + (i << 2)) + load<f32>(from + (i << 2)))
}

// ---- Depthwise convolutions: one filter [kh,kw] for each channel ----

/** The gradient with respect to the filter [kh,kw,c], all images. `filter` is overwritten. */
export function depthwiseFilterGradient(
  x: usize, dy: usize, filter: usize, images: i32, height: i32, width: i32, channels: i32, kernelHeight: i32,
  kernelWidth: i32, stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  memory.fill(filter, 0, (kernelHeight * kernelWidth * channels) << 2)
  const pixel = channels << 2
  for (let image = 0; image < images; image++) {
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      depthwiseFilterBlock(4, x + (c << 2), dy + (c << 2), filter + (c << 2), height, width, pixel, kernelHeight,
        kernelWidth, stride, padTop, padLeft, outHeight, outWidth)
    }
    for (; c < channels; c++) {
      depthwiseFilterBlock(1, x + (c << 2), dy + (c << 2), filter + (c << 2), height, width, pixel, kernelHeight,
        kernelWidth, stride, padTop, padLeft, outHeight, outWidth)
    }
    x += height * width * pixel
    dy += outHeight * outWidth * pixel
  }
}

@inline function depthwiseFilterBlock(
  lanes: Lanes, x: usize, dy: usize, filter: usize, height: i32, width: i32, pixel: i32, kernelHeight: i32,
  kernelWidth: i32, stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const step = stride * pixel
  for (let ky = 0; ky < kernelHeight; ky++) {
    const firstRow = firstInside(ky, stride, padTop)
    const endRow = endInside(ky, stride, padTop, height, outHeight)
    let kx = 0
    // Three taps at once share the load of dy.
    for (; kx + 3 <= kernelWidth; kx += 3) {
      const first0 = firstInside(kx, stride, padLeft)
      const end2 = endInside(kx + 2, stride, padLeft, width, outWidth)
      let sum0 = zero(), sum1 = zero(), sum2 = zero()
      for (let oy = firstRow; oy < endRow; oy++) {
        const xRow = x + (oy * stride - padTop + ky) * width * pixel
        const dyRow = dy + oy * outWidth * pixel
        let ox = 0
        for (; ox < min(first0, outWidth); ox++) {
          const value = loadLanes(lanes, dyRow + ox * pixel)
          const column = ox * stride - padLeft + kx
          if (column + 1 >= 0 && column + 1 < width) {
            sum1 = multiplyAdd(value, loadLanes(lanes, xRow + (column + 1) * pixel), sum1)
          }
          if (column + 2 >= 0 && column + 2 < width) {
            sum2 = multiplyAdd(value, loadLanes(lanes, xRow + (column + 2) * pixel), sum2)
          }
        }
        let at = xRow + (ox * stride - padLeft + kx) * pixel
        for (; ox < end2; ox++) {
          const value = loadLanes(lanes, dyRow + ox * pixel)
          sum0 = multiplyAdd(value, loadLanes(lanes, at), sum0)
          sum1 = multiplyAdd(value, loadLanes(lanes, at + pixel), sum1)
          sum2 = multiplyAdd(value, loadLanes(lanes, at + 2 * pixel), sum2)
          at += step
        }
        for (; ox < outWidth; ox++) {
          const value = loadLanes(lanes, dyRow + ox * pixel)
          const column = ox * stride - padLeft + kx
          if (column < width) sum0 = multiplyAdd(value, loadLanes(lanes, xRow + column * pixel), sum0)
          if (column + 1 < width) sum1 = multiplyAdd(value, loadLanes(lanes, xRow + (column + 1) * pixel), sum1)
        }
      }
      const tap = filter + (ky * kernelWidth + kx) * pixel
      storeLanes(lanes, tap, f32x4.add(loadLanes(lanes, tap), sum0))
      storeLanes(lanes, tap + pixel, f32x4.add(loadLanes(lanes, tap + pixel), sum1))
      storeLanes(lanes, tap + 2 * pixel, f32x4.add(loadLanes(lanes, tap + 2 * pixel), sum2))
    }
    for (; kx < kernelWidth; kx++) {
      const first = firstInside(kx, stride, padLeft)
      const end = endInside(kx, stride, padLeft, width, outWidth)
      let sum = zero()
      for (let oy = firstRow; oy < endRow; oy++) {
        const xRow = x + (oy * stride - padTop + ky) * width * pixel
        const dyRow = dy + oy * outWidth * pixel
        for (let ox = first; ox < end; ox++) {
          const column = ox * stride - padLeft + kx
          sum = multiplyAdd(loadLanes(lanes, dyRow + ox * pixel), loadLanes(lanes, xRow + column * pixel), sum)
        }
      }
      const tap = filter + (ky * kernelWidth + kx) * pixel
      storeLanes(lanes, tap, f32x4.add(loadLanes(lanes, tap), sum))
    }
  }
}

/** The first output whose tap `k` lies inside the image, and the one after the last. */
@inline function firstInside(k: i32, stride: i32, pad: i32): i32 {
  return k >= pad ? 0 : (pad - k + stride - 1) / stride
}

@inline function endInside(k: i32, stride: i32, pad: i32, extent: i32, outExtent: i32): i32 {
  const last = extent - 1 + pad - k
  return last < 0 ? 0 : min(outExtent, last / stride + 1)
}

/** The gradient with respect to the input, all images. `dx` is overwritten. */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32, kernelHeight: i32,
  kernelWidth: i32, stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = channels << 2
  const dense = stride == 1 && kernelHeight == 3 && kernelWidth == 3
  for (let image = 0; image < images; image++) {
    if (!dense) memory.fill(dx, 0, height * width * pixel)
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      if (dense) depthwiseGather3x3(4, dy + at, filter + at, dx + at, height, width, pixel, padTop, padLeft, outHeight, outWidth)
      else depthwiseScatter(4, dy + at, filter + at, dx + at, height, width, pixel, kernelHeight, kernelWidth, stride, padTop, padLeft, outHeight, outWidth)
    }
    for (; c < channels; c++) {
      const at = c << 2
      depthwiseScatterLane(dy + at, filter + at, dx + at, dense, height, width, pixel, kernelHeight, kernelWidth, stride, padTop, padLeft, outHeight, outWidth)
    }
    dx += height * width * pixel
    dy += outHeight * outWidth * pixel
  }
}

/** One channel that is left over: clears it where nobody has, then scatters. */
function depthwiseScatterLane(
  dy: usize, filter: usize, dx: usize, clear: bool, height: i32, width: i32, pixel: i32, kernelHeight: i32,
  kernelWidth: i32, stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  if (clear) for (let i = 0; i < height * width; i++) store<f32>(dx + i * pixel, 0)
  depthwiseScatter(1, dy, filter, dx, height, width, pixel, kernelHeight, kernelWidth, stride, padTop, padLeft, outHeight, outWidth)
}

@inline function depthwiseScatter(
  lanes: Lanes, dy: usize, filter: usize, dx: usize, height: i32, width: i32, pixel: i32, kernelHeight: i32,
  kernelWidth: i32, stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  for (let ky = 0; ky < kernelHeight; ky++) {
    const endRow = endInside(ky, stride, padTop, height, outHeight)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const tap = loadLanes(lanes, filter + (ky * kernelWidth + kx) * pixel)
      const first = firstInside(kx, stride, padLeft)
      const end = endInside(kx, stride, padLeft, width, outWidth)
      for (let oy = firstInside(ky, stride, padTop); oy < endRow; oy++) {
        let from = dy + (oy * outWidth + first) * pixel
        let to = dx + ((oy * stride - padTop + ky) * width + first * stride - padLeft + kx) * pixel
        for (let ox = first; ox < end; ox++) {
          storeLanes(lanes, to, multiplyAdd(loadLanes(lanes, from), tap, loadLanes(lanes, to)))
          from += pixel
          to += stride * pixel
        }
      }
    }
  }
}

/** At stride 1 each pixel gathers its nine terms. A row outside of dy counts with weight zero. */
@inline function depthwiseGather3x3(
  lanes: Lanes, dy: usize, filter: usize, dx: usize, height: i32, width: i32, pixel: i32, padTop: i32, padLeft: i32,
  outHeight: i32, outWidth: i32,
): void {
  const rowBytes = outWidth * pixel
  // dx[x] takes tap kx from dy[x + padLeft - kx]: inside, the first of the three is dy[x + padLeft - 2].
  const first = max(0, 2 - padLeft)
  const end = max(first, min(width, outWidth - padLeft))
  for (let y = 0; y < height; y++) {
    const oy = y + padTop
    const in0 = oy >= 0 && oy < outHeight
    const in1 = oy - 1 >= 0 && oy - 1 < outHeight
    const in2 = oy - 2 >= 0 && oy - 2 < outHeight
    const row0 = dy + (in0 ? oy : 0) * rowBytes
    const row1 = dy + (in1 ? oy - 1 : 0) * rowBytes
    const row2 = dy + (in2 ? oy - 2 : 0) * rowBytes
    const w00 = in0 ? loadLanes(lanes, filter) : zero()
    const w01 = in0 ? loadLanes(lanes, filter + pixel) : zero()
    const w02 = in0 ? loadLanes(lanes, filter + 2 * pixel) : zero()
    const w10 = in1 ? loadLanes(lanes, filter + 3 * pixel) : zero()
    const w11 = in1 ? loadLanes(lanes, filter + 4 * pixel) : zero()
    const w12 = in1 ? loadLanes(lanes, filter + 5 * pixel) : zero()
    const w20 = in2 ? loadLanes(lanes, filter + 6 * pixel) : zero()
    const w21 = in2 ? loadLanes(lanes, filter + 7 * pixel) : zero()
    const w22 = in2 ? loadLanes(lanes, filter + 8 * pixel) : zero()
    let out = dx + y * width * pixel
    for (let x = 0; x < width; x++) {
      let sum = zero()
      if (x >= first && x < end) {
        const at = (x + padLeft - 2) * pixel
        sum = multiplyAdd(loadLanes(lanes, row0 + at), w02, sum)
        let other = f32x4.mul(loadLanes(lanes, row0 + at + pixel), w01)
        sum = multiplyAdd(loadLanes(lanes, row0 + at + 2 * pixel), w00, sum)
        other = multiplyAdd(loadLanes(lanes, row1 + at), w12, other)
        sum = multiplyAdd(loadLanes(lanes, row1 + at + pixel), w11, sum)
        other = multiplyAdd(loadLanes(lanes, row1 + at + 2 * pixel), w10, other)
        sum = multiplyAdd(loadLanes(lanes, row2 + at), w22, sum)
        other = multiplyAdd(loadLanes(lanes, row2 + at + pixel), w21, other)
        sum = multiplyAdd(loadLanes(lanes, row2 + at + 2 * pixel), w20, sum)
        sum = f32x4.add(sum, other)
      } else {
        for (let kx = 0; kx < 3; kx++) {
          const ox = x + padLeft - kx
          if (ox < 0 || ox >= outWidth) continue
          const at = ox * pixel
          sum = multiplyAdd(loadLanes(lanes, row0 + at), kx == 0 ? w00 : kx == 1 ? w01 : w02, sum)
          sum = multiplyAdd(loadLanes(lanes, row1 + at), kx == 0 ? w10 : kx == 1 ? w11 : w12, sum)
          sum = multiplyAdd(loadLanes(lanes, row2 + at), kx == 0 ? w20 : kx == 1 ? w21 : w22, sum)
        }
      }
      storeLanes(lanes, out, sum)
      out += pixel
    }
  }
}

// ---- Batch normalisation of x[rows,channels], with relu6 on top where asked for ----

/** Mean and variance (divided by rows) of each channel: two passes, for the variance of large means. */
export function channelMoments(x: usize, mean: usize, variance: usize, rows: i32, channels: i32): void {
  let c = 0
  for (; c + 4 <= channels; c += 4) momentsBlock(4, x + (c << 2), mean + (c << 2), variance + (c << 2), rows, channels)
  for (; c < channels; c++) momentsBlock(1, x + (c << 2), mean + (c << 2), variance + (c << 2), rows, channels)
}

@inline function momentsBlock(lanes: Lanes, x: usize, mean: usize, variance: usize, rows: i32, channels: i32): void {
  const stride = channels << 2
  const n = f32x4.splat(<f32>rows)
  let total = zero()
  let at = x
  for (let start = 0; start < rows; start += ROWS_PER_PARTIAL_SUM) {
    const count = min(ROWS_PER_PARTIAL_SUM, rows - start)
    let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero()
    let row = 0
    for (; row + 4 <= count; row += 4) {
      sum0 = f32x4.add(sum0, loadLanes(lanes, at))
      sum1 = f32x4.add(sum1, loadLanes(lanes, at + stride))
      sum2 = f32x4.add(sum2, loadLanes(lanes, at + 2 * stride))
      sum3 = f32x4.add(sum3, loadLanes(lanes, at + 3 * stride))
      at += 4 * stride
    }
    for (; row < count; row++) {
      sum0 = f32x4.add(sum0, loadLanes(lanes, at))
      at += stride
    }
    total = f32x4.add(total, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
  }
  const average = f32x4.div(total, n)
  storeLanes(lanes, mean, average)
  total = zero()
  at = x
  for (let start = 0; start < rows; start += ROWS_PER_PARTIAL_SUM) {
    const count = min(ROWS_PER_PARTIAL_SUM, rows - start)
    let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero()
    let row = 0
    for (; row + 4 <= count; row += 4) {
      sum0 = f32x4.add(sum0, squareOf(f32x4.sub(loadLanes(lanes, at), average)))
      sum1 = f32x4.add(sum1, squareOf(f32x4.sub(loadLanes(lanes, at + stride), average)))
      sum2 = f32x4.add(sum2, squareOf(f32x4.sub(loadLanes(lanes, at + 2 * stride), average)))
      sum3 = f32x4.add(sum3, squareOf(f32x4.sub(loadLanes(lanes, at + 3 * stride), average)))
      at += 4 * stride
    }
    for (; row < count; row++) {
      sum0 = f32x4.add(sum0, squareOf(f32x4.sub(loadLanes(lanes, at), average)))
      at += stride
    }
    total = f32x4.add(total, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)))
  }
  storeLanes(lanes, variance, f32x4.div(total, n))
}

@inline function squareOf(value: v128): v128 {
  return f32x4.mul(value, value)
}

@inline function reciprocalDeviation(lanes: Lanes, variance: usize, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(loadLanes(lanes, variance), f32x4.splat(epsilon))))
}

/** y = (x - mean) * scale / sqrt(variance + epsilon) + offset, clamped to [0,6] with relu6. */
export function normalise(
  x: usize, y: usize, mean: usize, variance: usize, scale: usize, offset: usize, rows: i32, channels: i32,
  epsilon: f32, relu6: bool,
): void {
  // Few rows at a time: all their channels stay in the nearest cache.
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const skip = (start * channels) << 2
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      normaliseBlock(4, x + skip + at, y + skip + at, mean + at, variance + at, scale + at, offset + at, count, channels, epsilon, relu6)
    }
    for (; c < channels; c++) {
      const at = c << 2
      normaliseBlock(1, x + skip + at, y + skip + at, mean + at, variance + at, scale + at, offset + at, count, channels, epsilon, relu6)
    }
  }
}

/** Rows whose values fill about 8 KB, at least 16. */
@inline function rowsNearby(channels: i32): i32 {
  return max(16, 2048 / channels)
}

@inline function normaliseBlock(
  lanes: Lanes, x: usize, y: usize, mean: usize, variance: usize, scale: usize, offset: usize, rows: i32,
  channels: i32, epsilon: f32, relu6: bool,
): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  const factor = f32x4.mul(loadLanes(lanes, scale), reciprocalDeviation(lanes, variance, epsilon))
  const shift = loadLanes(lanes, offset)
  const low = f32x4.splat(relu6 ? 0 : -Infinity)
  const high = f32x4.splat(relu6 ? 6 : Infinity)
  for (let row = 0; row < rows; row++) {
    const linear = multiplyAdd(f32x4.sub(loadLanes(lanes, x), average), factor, shift)
    storeLanes(lanes, y, f32x4.min(f32x4.max(linear, low), high))
    x += stride
    y += stride
  }
}

/** Gradients with respect to scale and offset. Recomputes relu6's mask from x, as `normalise` computed it. */
export function normaliseParameterGradient(
  x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize, dOffset: usize,
  rows: i32, channels: i32, epsilon: f32, relu6: bool,
): void {
  let c = 0
  for (; c + 4 <= channels; c += 4) {
    const at = c << 2
    parameterGradientBlock(4, x + at, dy + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, rows, channels, epsilon, relu6)
  }
  for (; c < channels; c++) {
    const at = c << 2
    parameterGradientBlock(1, x + at, dy + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, rows, channels, epsilon, relu6)
  }
}

@inline function parameterGradientBlock(
  lanes: Lanes, x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize,
  dOffset: usize, rows: i32, channels: i32, epsilon: f32, relu6: bool,
): void {
  const stride = channels << 2
  const average = loadLanes(lanes, mean)
  const deviation = reciprocalDeviation(lanes, variance, epsilon)
  const factor = f32x4.mul(loadLanes(lanes, scale), deviation)
  const shift = loadLanes(lanes, offset)
  const low = f32x4.splat(relu6 ? 0 : -Infinity)
  const high = f32x4.splat(relu6 ? 6 : Infinity)
  let totalScale = zero(), totalOffset = zero()
  for (let start = 0; start < rows; start += ROWS_PER_PARTIAL_SUM) {
    const count = min(ROWS_PER_PARTIAL_SUM, rows - start)
    let scale0 = zero(), scale1 = zero(), offset0 = zero(), offset1 = zero()
    let row = 0
    for (; row + 2 <= count; row += 2) {
      const centred0 = f32x4.sub(loadLanes(lanes, x), average)
      const centred1 = f32x4.sub(loadLanes(lanes, x + stride), average)
      const passed0 = passRelu6(loadLanes(lanes, dy), multiplyAdd(centred0, factor, shift), low, high)
      const passed1 = passRelu6(loadLanes(lanes, dy + stride), multiplyAdd(centred1, factor, shift), low, high)
      offset0 = f32x4.add(offset0, passed0)
      offset1 = f32x4.add(offset1, passed1)
      scale0 = multiplyAdd(passed0, centred0, scale0)
      scale1 = multiplyAdd(passed1, centred1, scale1)
      x += 2 * stride
      dy += 2 * stride
    }
    if (row < count) {
      const centred = f32x4.sub(loadLanes(lanes, x), average)
      const passed = passRelu6(loadLanes(lanes, dy), multiplyAdd(centred, factor, shift), low, high)
      offset0 = f32x4.add(offset0, passed)
      scale0 = multiplyAdd(passed, centred, scale0)
      x += stride
      dy += stride
    }
    totalOffset = f32x4.add(totalOffset, f32x4.add(offset0, offset1))
    totalScale = f32x4.add(totalScale, f32x4.add(scale0, scale1))
  }
  storeLanes(lanes, dOffset, totalOffset)
  storeLanes(lanes, dScale, f32x4.mul(totalScale, deviation))
}

/** dy where low < linear < high, else zero. */
@inline function passRelu6(dy: v128, linear: v128, low: v128, high: v128): v128 {
  return v128.and(dy, v128.and(f32x4.gt(linear, low), f32x4.lt(linear, high)))
}

/** The gradient with respect to x, given those of scale and offset. */
export function normaliseInputGradient(
  x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize, dOffset: usize,
  dx: usize, rows: i32, channels: i32, epsilon: f32, relu6: bool,
): void {
  const step = rowsNearby(channels)
  for (let start = 0; start < rows; start += step) {
    const count = min(step, rows - start)
    const skip = (start * channels) << 2
    let c = 0
    for (; c + 4 <= channels; c += 4) {
      const at = c << 2
      inputGradientBlock(4, x + skip + at, dy + skip + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, dx + skip + at, rows, count, channels, epsilon, relu6)
    }
    for (; c < channels; c++) {
      const at = c << 2
      inputGradientBlock(1, x + skip + at, dy + skip + at, mean + at, variance + at, scale + at, offset + at, dScale + at, dOffset + at, dx + skip + at, rows, count, channels, epsilon, relu6)
    }
  }
}

@inline function inputGradientBlock(
  lanes: Lanes, x: usize, dy: usize, mean: usize, variance: usize, scale: usize, offset: usize, dScale: usize,
  dOffset: usize, dx: usize, rows: i32, count: i32, channels: i32, epsilon: f32, relu6: bool,
): void {
  const stride = channels << 2
  const n = f32x4.splat(<f32>rows)
  const average = loadLanes(lanes, mean)
  const deviation = reciprocalDeviation(lanes, variance, epsilon)
  const factor = f32x4.mul(loadLanes(lanes, scale), deviation)
  const shift = loadLanes(lanes, offset)
  const low = f32x4.splat(relu6 ? 0 : -Infinity)
  const high = f32x4.splat(relu6 ? 6 : Infinity)
  const meanGradient = f32x4.div(loadLanes(lanes, dOffset), n)
  const slope = f32x4.mul(f32x4.div(loadLanes(lanes, dScale), n), deviation)
  for (let row = 0; row < count; row++) {
    const centred = f32x4.sub(loadLanes(lanes, x), average)
    const passed = passRelu6(loadLanes(lanes, dy), multiplyAdd(centred, factor, shift), low, high)
    const rest = f32x4.sub(f32x4.sub(passed, meanGradient), f32x4.mul(centred, slope))
    storeLanes(lanes, dx, f32x4.mul(factor, rest))
    x += stride
    dy += stride
    dx += stride
  }
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
