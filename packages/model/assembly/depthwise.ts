/** Gradients of depthwise convolutions: one filter [kh,kw] for each channel, [kh,kw,c] in all. Four channels at a time. */
import { Lanes, loadLanes, multiplyAdd, storeLanes, zero } from './lanes'

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
    const row0 = dy + (in0 ? oy : <i32>0) * rowBytes
    const row1 = dy + (in1 ? oy - 1 : <i32>0) * rowBytes
    const row2 = dy + (in2 ? oy - 2 : <i32>0) * rowBytes
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
      const at = (x + padLeft - 2) * pixel
      let sum = zero()
      if (x >= first && x < end) {
        sum = f32x4.mul(loadLanes(lanes, row0 + at), w02)
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
        const ox = x + padLeft
        if (ox >= 2 && ox - 2 < outWidth) sum = gatherColumn(lanes, row0 + at, row1 + at, row2 + at, w02, w12, w22, sum)
        const middle = at + pixel
        if (ox >= 1 && ox - 1 < outWidth) sum = gatherColumn(lanes, row0 + middle, row1 + middle, row2 + middle, w01, w11, w21, sum)
        const right = at + 2 * pixel
        if (ox < outWidth) sum = gatherColumn(lanes, row0 + right, row1 + right, row2 + right, w00, w10, w20, sum)
      }
      storeLanes(lanes, out, sum)
      out += pixel
    }
  }
}

@inline function gatherColumn(
  lanes: Lanes, dy0: usize, dy1: usize, dy2: usize, weight0: v128, weight1: v128, weight2: v128, sum: v128,
): v128 {
  sum = multiplyAdd(loadLanes(lanes, dy0), weight0, sum)
  sum = multiplyAdd(loadLanes(lanes, dy1), weight1, sum)
  return multiplyAdd(loadLanes(lanes, dy2), weight2, sum)
}
