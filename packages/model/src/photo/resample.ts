/**
 * The one resampler (SD3). First the photo is made smaller by a whole factor (`reduce.ts`), then each output row, and each pixel
 * of it, is a weighted mean of the inputs around it. The weights are a triangle's, as wide as an output pixel is in the
 * input but at least one input pixel: bilinear where the photo is enlarged, without moiré where it is reduced (as in
 * Pillow). Made of + - * / on doubles and stores to single precision, so every engine makes the same bits.
 */
import { MAX_FACTOR, reduce } from './reduce.ts'
import type { Rgb } from './rgb.ts'

/** In input pixels; may start and end between two of them, within the photo. */
export type Region = { x: number; y: number; width: number; height: number }

/** Once reduced, an output pixel is less than 2 inputs wide: the triangle is less than 4, and covers at most 4 of them. */
const TAPS = 4

/** Output i is the sum of the inputs from first[i] on, times its TAPS weights; weights past the last input are 0. */
type Kernel = { first: Int32Array; weights: Float64Array }

/** `region` of the photo as [size, size, 3] of 0 to 255 into `out`, mirrored left to right if asked. */
export function resample(
  photo: Rgb,
  region: Region,
  size: number,
  mirrored: boolean,
  out: Float32Array,
): void {
  const across = Math.min(MAX_FACTOR, Math.max(1, Math.floor(region.width / size)))
  const down = Math.min(MAX_FACTOR, Math.max(1, Math.floor(region.height / size)))
  if (across === 1 && down === 1) {
    interpolate(photo, region, size, mirrored, out)
  } else {
    const reduced = reduceAround(photo, region, across, down)
    resample(reduced.photo, reduced.region, size, mirrored, out)
  }
}

/** The photo made smaller by whole factors, of which only the boxes that the region and its margin touch are kept. */
function reduceAround(
  photo: Rgb,
  region: Region,
  across: number,
  down: number,
): { photo: Rgb; region: Region } {
  const x = Math.max(0, Math.floor(region.x) - across)
  const y = Math.max(0, Math.floor(region.y) - down)
  const width = Math.min(photo.width - x, Math.ceil(region.width) + 2 * across + 1)
  const height = Math.min(photo.height - y, Math.ceil(region.height) + 2 * down + 1)
  return {
    photo: reduce(photo, { x, y, width, height }, across, down),
    region: {
      x: (region.x - x) / across,
      y: (region.y - y) / down,
      width: region.width / across,
      height: region.height / down,
    },
  }
}

function interpolate(photo: Rgb, region: Region, size: number, mirrored: boolean, out: Float32Array): void {
  const rows = kernelOf(region.y, region.height, photo.height, size)
  const columns = kernelOf(region.x, region.width, photo.width, size)
  const left = columns.first[0]!
  const right = Math.min(photo.width, columns.first[size - 1]! + TAPS)
  // With room for the taps past the last column, whose weights are 0.
  const line = new Float64Array((right - left + TAPS) * 3)
  // One type of array only: engines compile the loops for what they have seen.
  const data = new Uint8Array(photo.data.buffer, photo.data.byteOffset, photo.data.length)
  const input = { data, width: photo.width, height: photo.height }
  for (let y = 0; y < size; y++) {
    mixRows(input, rows, y, left, right, line)
    placeRow(line, columns, left, mirrored, out.subarray(y * size * 3, (y + 1) * size * 3))
  }
}

function kernelOf(start: number, extent: number, available: number, size: number): Kernel {
  const scale = extent / size
  const reach = Math.max(1, scale)
  const first = new Int32Array(size)
  const weights = new Float64Array(size * TAPS)
  for (let i = 0; i < size; i++) {
    const centre = start + (i + 0.5) * scale - 0.5
    const from = Math.max(0, Math.floor(centre - reach) + 1)
    let sum = 0
    for (let tap = 0; tap < TAPS && from + tap < available; tap++) {
      const distance = Math.abs(from + tap - centre) / reach
      const weight = distance < 1 ? 1 - distance : 0
      weights[i * TAPS + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < TAPS; tap++) weights[i * TAPS + tap]! /= sum
    first[i] = from
  }
  return { first, weights }
}

/** The input rows that make output row `y`, mixed, for the columns left to right, as 3 values a pixel. */
function mixRows(
  { data, width, height }: { data: Uint8Array; width: number; height: number },
  { first, weights }: Kernel,
  y: number,
  left: number,
  right: number,
  line: Float64Array,
): void {
  const row = (tap: number) => (Math.min(first[y]! + tap, height - 1) * width + left) * 4
  let at0 = row(0)
  let at1 = row(1)
  let at2 = row(2)
  let at3 = row(3)
  const weight0 = weights[y * TAPS]!
  const weight1 = weights[y * TAPS + 1]!
  const weight2 = weights[y * TAPS + 2]!
  const weight3 = weights[y * TAPS + 3]!
  const length = (right - left) * 3
  for (let to = 0; to < length; to += 3) {
    line[to] = weight0 * data[at0]! + weight1 * data[at1]! + weight2 * data[at2]! + weight3 * data[at3]!
    line[to + 1] =
      weight0 * data[at0 + 1]! +
      weight1 * data[at1 + 1]! +
      weight2 * data[at2 + 1]! +
      weight3 * data[at3 + 1]!
    line[to + 2] =
      weight0 * data[at0 + 2]! +
      weight1 * data[at1 + 2]! +
      weight2 * data[at2 + 2]! +
      weight3 * data[at3 + 2]!
    at0 += 4
    at1 += 4
    at2 += 4
    at3 += 4
  }
}

/** One output row of the mixed line that begins at column `left`. */
function placeRow(
  line: Float64Array,
  { first, weights }: Kernel,
  left: number,
  mirrored: boolean,
  out: Float32Array,
): void {
  const size = first.length
  for (let x = 0; x < size; x++) {
    const at = (first[x]! - left) * 3
    const weight0 = weights[x * TAPS]!
    const weight1 = weights[x * TAPS + 1]!
    const weight2 = weights[x * TAPS + 2]!
    const weight3 = weights[x * TAPS + 3]!
    const to = (mirrored ? size - 1 - x : x) * 3
    out[to] =
      weight0 * line[at]! + weight1 * line[at + 3]! + weight2 * line[at + 6]! + weight3 * line[at + 9]!
    out[to + 1] =
      weight0 * line[at + 1]! + weight1 * line[at + 4]! + weight2 * line[at + 7]! + weight3 * line[at + 10]!
    out[to + 2] =
      weight0 * line[at + 2]! + weight1 * line[at + 5]! + weight2 * line[at + 8]! + weight3 * line[at + 11]!
  }
}
