/**
 * Makes a photo smaller by whole factors, by plain means of boxes of pixels: the cheap first part of shrinking by more
 * than 2. Integers alone but for one product and a truncation a value, so every engine makes the same bits (SD3).
 */
import type { Rgb } from './rgb.ts'

/** In pixels of the photo. */
export type Box = { x: number; y: number; width: number; height: number }

/** More pixels a box would overflow the 16 bits that a sum has. */
const MAX_FACTOR = 16

/** The boxes of `across` x `down` pixels that lie in `part` (whole numbers), which has at least one; what is left over is cut off. */
export function reduce(photo: Rgb, part: Box, across: number, down: number): Rgb {
  const stepX = Math.min(across, MAX_FACTOR)
  const stepY = Math.min(down, MAX_FACTOR)
  const width = Math.floor(part.width / stepX)
  const height = Math.floor(part.height / stepY)
  const pixels = pixelsOf(photo)
  const out = new Uint32Array(width * height)
  const half = (stepX * stepY) >> 1
  const share = 1 / (stepX * stepY)
  for (let y = 0; y < height; y++) {
    const row = (part.y + y * stepY) * photo.width + part.x
    for (let x = 0; x < width; x++) {
      // Red and blue are summed in the two halves of one word, green in another.
      let redBlue = 0
      let green = 0
      for (let dy = 0; dy < stepY; dy++) {
        const start = row + dy * photo.width + x * stepX
        for (let at = start; at < start + stepX; at++) {
          const pixel = pixels[at]!
          redBlue += pixel & 0xff00ff
          green += (pixel >>> 8) & 0xff
        }
      }
      // The quotient by a product: a 64th of a unit more keeps exact quotients from falling to the number below.
      const red = (((redBlue & 0xffff) + half) * share + 0.002) | 0
      const blue = (((redBlue >>> 16) + half) * share + 0.002) | 0
      out[y * width + x] = red | (((green + half) * share + 0.002) << 8) | (blue << 16) | 0xff000000
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) }
}

/** Pixels as words, red lowest: every machine that runs WASM has little-endian typed arrays in all engines we know. */
function pixelsOf({ data }: Rgb): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
}
