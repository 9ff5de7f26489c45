/** A convolution with a filter [kh,kw,c,o] is its patches [oh*ow, kh*kw*c] times the filter. */

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
