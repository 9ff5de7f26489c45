/** Turns a decoded photo as its EXIF orientation says. */
import type { Orientation } from './exif-orientation.ts'
import type { Rgb } from './rgb.ts'

/** A new photo unless it is upright already. */
export function upright(photo: Rgb, orientation: Orientation): Rgb {
  if (orientation === 1) return photo
  const { width, height } = photo
  const lies = orientation >= 5
  const turned = { width: lies ? height : width, height: lies ? width : height }
  const from = new Uint32Array(photo.data.buffer, photo.data.byteOffset, width * height)
  const to = new Uint32Array(width * height)
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const [column, row] = sourceOf(orientation, x, y, width - 1, height - 1)
      to[y * turned.width + x] = from[row * width + column]!
    }
  }
  return { ...turned, data: new Uint8Array(to.buffer) }
}

/** Where in the stored photo the upright photo's (x, y) lies; `right` and `bottom` are the stored photo's last column and row. */
function sourceOf(
  orientation: Orientation,
  x: number,
  y: number,
  right: number,
  bottom: number,
): [column: number, row: number] {
  switch (orientation) {
    case 1:
      return [x, y]
    case 2:
      return [right - x, y]
    case 3:
      return [right - x, bottom - y]
    case 4:
      return [x, bottom - y]
    case 5:
      return [y, x]
    case 6:
      return [y, bottom - x]
    case 7:
      return [right - y, bottom - x]
    case 8:
      return [right - y, x]
  }
}
