/**
 * The one resampler (SD3). Separable: each output row, and then each output pixel, is a weighted mean of the inputs
 * that it covers. The weights are a triangle's, as wide as one output pixel is in the input but at least one input pixel:
 * bilinear where the photo is enlarged, without moiré where it is reduced (as in Pillow). Made of + - * / on doubles and
 * stores to single precision, so every engine makes the same bits.
 */
import { reduce } from './reduce.ts'
import type { Rgb } from './rgb.ts'

/** In input pixels; may start and end between two of them, within the photo. */
export type Region = { x: number; y: number; width: number; height: number }

/** Which inputs make output i: `taps` weights from first[i] on, of which those past the end are 0. */
type Taps = { first: Int32Array; weights: Float64Array; taps: number }

/** `region` of the photo as [size, size, 3] of 0 to 255 into `out`, mirrored left to right if asked. */
export function resample(
  photo: Rgb,
  region: Region,
  size: number,
  mirrored: boolean,
  out: Float32Array,
): void {
  const across = Math.floor(region.width / size)
  const down = Math.floor(region.height / size)
  if (across <= 1 && down <= 1) interpolate(photo, region, size, mirrored, out)
  else {
    const reduced = reduceAround(photo, region, Math.max(1, across), Math.max(1, down))
    interpolate(reduced.photo, reduced.region, size, mirrored, out)
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
  const rows = tapsOf(region.y, region.height, photo.height, size)
  const columns = tapsOf(region.x, region.width, photo.width, size)
  const left = columns.first[0]!
  const right = Math.min(photo.width, columns.first[size - 1]! + columns.taps)
  const line = new Float64Array((right - left) * 3)
  for (let y = 0; y < size; y++) {
    addRows(photo, rows, y, left, right, line)
    placeRow(line, columns, left, size, mirrored, out.subarray(y * size * 3, (y + 1) * size * 3))
  }
}

function tapsOf(start: number, extent: number, available: number, size: number): Taps {
  const scale = extent / size
  const reach = Math.max(1, scale)
  const taps = Math.min(available, Math.ceil(2 * reach) + 1)
  const first = new Int32Array(size)
  const weights = new Float64Array(size * taps)
  for (let i = 0; i < size; i++) {
    const centre = start + (i + 0.5) * scale - 0.5
    const from = Math.min(Math.max(0, Math.ceil(centre - reach)), available - taps)
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const distance = Math.abs(from + tap - centre) / reach
      const weight = distance < 1 ? 1 - distance : 0
      weights[i * taps + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap++) weights[i * taps + tap]! /= sum
    first[i] = from
  }
  return { first, weights, taps }
}

/** The weighted sum of the input rows that make output row `y`, for the columns left to right, as 3 values a pixel. */
function addRows(photo: Rgb, rows: Taps, y: number, left: number, right: number, line: Float64Array): void {
  const { data, width } = photo
  const length = (right - left) * 3
  line.fill(0, 0, length)
  for (let tap = 0; tap < rows.taps; tap++) {
    const weight = rows.weights[y * rows.taps + tap]!
    if (weight === 0) continue
    let from = ((rows.first[y]! + tap) * width + left) * 4
    for (let to = 0; to < length; to += 3, from += 4) {
      line[to]! += weight * data[from]!
      line[to + 1]! += weight * data[from + 1]!
      line[to + 2]! += weight * data[from + 2]!
    }
  }
}

function placeRow(
  line: Float64Array,
  columns: Taps,
  left: number,
  size: number,
  mirrored: boolean,
  out: Float32Array,
): void {
  const { first, weights, taps } = columns
  for (let x = 0; x < size; x++) {
    let from = (first[x]! - left) * 3
    let red = 0
    let green = 0
    let blue = 0
    for (let tap = x * taps; tap < (x + 1) * taps; tap++, from += 3) {
      const weight = weights[tap]!
      red += weight * line[from]!
      green += weight * line[from + 1]!
      blue += weight * line[from + 2]!
    }
    const to = (mirrored ? size - 1 - x : x) * 3
    out[to] = red
    out[to + 1] = green
    out[to + 2] = blue
  }
}
