/**
 * Makes a photo smaller by whole factors, by plain means of boxes of pixels: the cheap first part of shrinking by more
 * than 2. Integers alone but for one product and a truncation a value, so every engine makes the same bits (SD3).
 */
import type { Rgb } from './rgb.ts'

/** Less than half of 1/256, the least distance between two quotients; more than a product is ever off. */
const CARE = 0.001

/** In pixels of the photo; whole numbers. */
export type Box = { x: number; y: number; width: number; height: number }

/** Larger boxes could overflow the 16 bits that a sum has: 16 x 16 x 255 is the largest that fits. */
export const MAX_FACTOR = 16

/** The boxes of `across` x `down` pixels, at most MAX_FACTOR each, that lie in `part`; what is left over is cut off. */
export function reduce(photo: Rgb, part: Box, across: number, down: number): Rgb {
  const width = Math.floor(part.width / across)
  const height = Math.floor(part.height / down)
  const pixels = pixelsOf(photo)
  const out = new Uint32Array(width * height)
  const half = (across * down) >> 1
  const share = 1 / (across * down)
  for (let y = 0; y < height; y++) {
    const row = (part.y + y * down) * photo.width + part.x
    for (let x = 0; x < width; x++) {
      // Red and blue are summed in the two halves of one word, green in another.
      let redBlue = 0
      let green = 0
      for (let dy = 0; dy < down; dy++) {
        const start = row + dy * photo.width + x * across
        for (let at = start; at < start + across; at++) {
          const pixel = pixels[at]!
          redBlue = (redBlue + (pixel & 0xff00ff)) | 0
          green = (green + ((pixel >>> 8) & 0xff)) | 0
        }
      }
      // To the nearest, halves up; the quotient is a product, and a bit more keeps exact ones from falling below.
      const red = (((redBlue & 0xffff) + half) * share + CARE) | 0
      const blue = (((redBlue >>> 16) + half) * share + CARE) | 0
      out[y * width + x] = red | (((green + half) * share + CARE) << 8) | (blue << 16) | 0xff000000
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) }
}

/** Pixels as words, red lowest: every machine that runs WASM has little-endian typed arrays in all engines we know. */
function pixelsOf({ data }: Rgb): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
}
