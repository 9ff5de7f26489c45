/**
 * Published weights on their way to whoever identifies with them: kernels as int16, the head as int8, symmetric, one scale a channel
 * (ADR 18), little-endian:
 *
 *     "WFQ1" | u32 channels | u32 quantised | u32 exact | float32 a channel's scale | float32 of the rest
 *     | int16 mantissas, of tensors of rank 3 and more | int8 mantissas, of matrices
 *
 * Quantised are trainable tensors of rank 2 and more, in the layout's order; a value is mantissa x scale, in single precision. The
 * channel is the last axis (what comes out of a convolution or of the head), of a depthwise kernel, whose last axis is 1, the one
 * before. Equal weights have equal bytes, and any machine reads the same values from them.
 */
import { type ParameterEntry, type ParameterLayout, valuesOf } from './parameter-layout.ts'
import { type Rejection, reject } from './rejection.ts'

/** The name of the format, as a published model says it. */
export const COMPACT_FORMAT = 'WFQ1'
/** What is published is cut into blobs of so many bytes; the last may be shorter. */
export const SHARD_BYTES = 1 << 20

const MAGIC = 0x31514657
const HEADER_BYTES = 16
const LARGEST = { int16: 32767, int8: 127 } as const
/** Below it single precision loses bits, and a scale would no longer be that part of its channel. */
const SMALLEST_SCALE = 2 ** -126

type Width = keyof typeof LARGEST
type Mantissas = { int16: Int16Array; int8: Int8Array }
type Places = { channels: number; scales: number; exact: number; int16: number; int8: number; end: number }
/** A tensor's own parts of the vector and of the bytes. */
type Part = { values: Float32Array; scales: Float32Array; mantissas: Int16Array | Int8Array; largest: number }

/** Weights have to be finite. */
export function encodeCompact(weights: Float32Array, layout: ParameterLayout): Uint8Array<ArrayBuffer> {
  if (weights.length !== layout.total) throw new Error('the weights are not of this layout')
  const places = placesOf(layout)
  const bytes = new Uint8Array(places.end)
  const header = new DataView(bytes.buffer)
  for (const [i, value] of headerOf(layout, places).entries()) header.setUint32(4 * i, value, true)
  const views = viewsOf(bytes, places)
  views.exact.set(weights.subarray(layout.quantised))
  for (const part of partsIn(weights, layout, views)) quantise(part)
  return bytes
}

/** A copy that the caller owns. `bytes` may lie anywhere in a larger buffer, or in shared memory. */
export function decodeCompact(
  bytes: Uint8Array,
  layout: ParameterLayout,
): Float32Array<ArrayBuffer> | Rejection {
  const places = placesOf(layout)
  if (bytes.byteLength !== places.end) {
    return malformed(`it has ${bytes.byteLength} bytes, and this network needs ${places.end}`)
  }
  const views = viewsOf(new Uint8Array(bytes), places)
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  if (headerOf(layout, places).some((value, i) => header.getUint32(4 * i, true) !== value)) {
    return malformed(`its first ${HEADER_BYTES} bytes are not those of such weights`)
  }
  if (!views.exact.every(Number.isFinite)) return malformed('a value is not finite')
  const weights = new Float32Array(layout.total)
  weights.set(views.exact, layout.quantised)
  for (const { values, scales, mantissas, largest } of partsIn(weights, layout, views)) {
    if (!scales.every((scale) => scale >= 0 && scale <= largestScale(largest))) {
      return malformed('a scale is out of range')
    }
    if (mantissas.includes(-largest - 1)) return malformed(`a mantissa is ${-largest - 1}`)
    const channels = scales.length
    for (let row = 0; row < values.length; row += channels) {
      for (let c = 0; c < channels; c++) values[row + c] = mantissas[row + c]! * scales[c]!
    }
  }
  return weights
}

export function cutIntoShards(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(bytes.byteLength / SHARD_BYTES)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES))
}

/** Scales and mantissas are filled; values lie row by row, a value of each channel in a row. */
function quantise({ values, scales, mantissas, largest }: Part): void {
  const channels = scales.length
  for (let row = 0; row < values.length; row += channels) {
    for (let c = 0; c < channels; c++) {
      const size = Math.abs(values[row + c]!)
      if (size > scales[c]!) scales[c] = size
    }
  }
  for (let c = 0; c < channels; c++) {
    const most = scales[c]!
    const scale = Math.min(Math.max(most / largest, SMALLEST_SCALE), largestScale(largest))
    scales[c] = most === 0 ? 0 : scale
  }
  for (let row = 0; row < values.length; row += channels) {
    for (let c = 0; c < channels; c++) {
      const scale = scales[c]!
      mantissas[row + c] = scale === 0 ? 0 : Math.round(values[row + c]! / scale)
    }
  }
}

/** Times the largest mantissa it is the largest that single precision has, or just below: rounded down to 24 bits. */
function largestScale(largest: number): number {
  const unit = 2 ** (104 - Math.floor(Math.log2(largest)))
  return unit * Math.floor(((2 ** 24 - 1) * 2 ** 104) / largest / unit)
}

function widthOf({ spec: { shape } }: ParameterEntry): Width {
  return shape.length === 2 ? 'int8' : 'int16'
}

function channelsOf({ spec: { shape } }: ParameterEntry): number {
  const last = shape.at(-1)!
  return shape.length === 4 && last === 1 ? shape[2]! : last
}

function quantisedOf({ entries, quantised }: ParameterLayout): readonly ParameterEntry[] {
  return entries.filter(({ offset }) => offset < quantised)
}

function partsIn(
  weights: Float32Array,
  layout: ParameterLayout,
  views: Mantissas & { scales: Float32Array },
) {
  const at = { scales: 0, int16: 0, int8: 0 }
  return quantisedOf(layout).map((entry): Part => {
    const width = widthOf(entry)
    const scales = views.scales.subarray(at.scales, at.scales + channelsOf(entry))
    const mantissas = views[width].subarray(at[width], at[width] + entry.length)
    at.scales += scales.length
    at[width] += entry.length
    return { values: valuesOf(entry, weights), scales, mantissas, largest: LARGEST[width] }
  })
}

function placesOf(layout: ParameterLayout): Places {
  const entries = quantisedOf(layout)
  const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0)
  const count = (width: Width) => sum(entries.map((entry) => (widthOf(entry) === width ? entry.length : 0)))
  const channels = sum(entries.map(channelsOf))
  const exact = HEADER_BYTES + 4 * channels
  const int16 = exact + 4 * (layout.total - layout.quantised)
  const int8 = int16 + 2 * count('int16')
  return { channels, scales: HEADER_BYTES, exact, int16, int8, end: int8 + count('int8') }
}

function headerOf({ total, quantised }: ParameterLayout, { channels }: Places): number[] {
  return [MAGIC, channels, quantised, total - quantised]
}

/** `bytes` begin on a border of four. */
function viewsOf({ buffer, byteOffset }: Uint8Array, { scales, exact, int16, int8, end }: Places) {
  return {
    scales: new Float32Array(buffer, byteOffset + scales, (exact - scales) / 4),
    exact: new Float32Array(buffer, byteOffset + exact, (int16 - exact) / 4),
    int16: new Int16Array(buffer, byteOffset + int16, (int8 - int16) / 2),
    int8: new Int8Array(buffer, byteOffset + int8, end - int8),
  }
}

function malformed(why: string): Rejection {
  return reject(
    'malformed-weights',
    `The model cannot be read: ${why}.`,
    'Fetch it again; if it stays so, the operator has to publish it again.',
  )
}
