/** The gradient of max pooling: each output's goes to the first pixel of its window, row by row, that has its value. */
import { Lanes, loadLanes, storeLanes } from './lanes'

/** dx of all images, which is overwritten. */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32, size: i32,
  stride: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = channels << 2
  memory.fill(dx, 0, images * height * width * pixel)
  for (let image = 0; image < images; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * stride - padTop
      const firstRow = max(0, top)
      const endRow = min(height, top + size)
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * stride - padLeft
        const firstColumn = max(0, left)
        const endColumn = min(width, left + size)
        let c = 0
        for (; c + 4 <= channels; c += 4) {
          passToFirst(4, x + (c << 2), y + (c << 2), dy + (c << 2), dx + (c << 2), pixel, width, firstRow, endRow, firstColumn, endColumn)
        }
        for (; c < channels; c++) {
          passToFirst(1, x + (c << 2), y + (c << 2), dy + (c << 2), dx + (c << 2), pixel, width, firstRow, endRow, firstColumn, endColumn)
        }
        y += pixel
        dy += pixel
      }
    }
    x += height * width * pixel
    dx += height * width * pixel
  }
}

@inline function passToFirst(
  lanes: Lanes, x: usize, y: usize, dy: usize, dx: usize, pixel: i32, width: i32, firstRow: i32, endRow: i32,
  firstColumn: i32, endColumn: i32,
): void {
  const largest = loadLanes(lanes, y)
  // What has not found its pixel yet.
  let rest = loadLanes(lanes, dy)
  for (let row = firstRow; row < endRow; row++) {
    let at = (row * width + firstColumn) * pixel
    for (let column = firstColumn; column < endColumn; column++) {
      const here = f32x4.eq(loadLanes(lanes, x + at), largest)
      storeLanes(lanes, dx + at, f32x4.add(loadLanes(lanes, dx + at), v128.and(here, rest)))
      rest = v128.andnot(rest, here)
      at += pixel
    }
  }
}
