/** What a picture shows, as a few numbers: its mean colour, or where its edges run in which direction. */
import sharp from 'sharp'

export async function meanColour(jpeg: Uint8Array): Promise<number[]> {
  const pixels = await sharp(jpeg).raw().toBuffer()
  const colour = [0, 0, 0]
  for (const [n, value] of pixels.entries()) colour[n % 3]! += (value * 3) / (255 * pixels.length)
  return colour
}

const SIDE = 40
const CELLS = 5
const DIRECTIONS = 8

/** Histograms of oriented gradients (Dalal and Triggs, 2005) over 5 x 5 cells of the grey picture. */
export async function edgeDirections(jpeg: Uint8Array): Promise<number[]> {
  const grey = await sharp(jpeg).greyscale().resize(SIDE, SIDE, { fit: 'cover' }).raw().toBuffer()
  const histograms = new Array<number>(CELLS * CELLS * DIRECTIONS).fill(0)
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const dx = grey[y * SIDE + x + 1]! - grey[y * SIDE + x - 1]!
      const dy = grey[(y + 1) * SIDE + x]! - grey[(y - 1) * SIDE + x]!
      const turn = (Math.atan2(dy, dx) / Math.PI + 1) % 1
      const cell = Math.floor((y * CELLS) / SIDE) * CELLS + Math.floor((x * CELLS) / SIDE)
      histograms[cell * DIRECTIONS + Math.min(DIRECTIONS - 1, Math.floor(turn * DIRECTIONS))]! += Math.hypot(
        dx,
        dy,
      )
    }
  }
  const length = Math.hypot(...histograms) + 1e-9
  return histograms.map((value) => value / length)
}
