/**
 * Published weights on their way to whoever identifies with them: int8, symmetric, one scale a channel (ADR 18), little-endian:
 *
 *     "WFQ1" | u32 channels | u32 quantised | u32 exact | float32 a channel's scale | float32 of the rest | int8 mantissas
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
const LARGEST = 127
/** Below it single precision loses bits, and a scale would no longer be a 127th of its channel. */
const SMALLEST_SCALE = 2 ** -126
/** Times 127 it is the largest that single precision has, or just below. */
const LARGEST_SCALE = 2 ** 98 * Math.floor(((2 ** 24 - 1) / LARGEST) * 2 ** 6)

type Places = { channels: number; scales: number; exact: number; mantissas: number; end: number }

/** Weights have to be finite. */
export function encodeCompact(weights: Float32Array, layout: ParameterLayout): Uint8Array<ArrayBuffer> {
  if (weights.length !== layout.total) throw new Error('the weights are not of this layout')
  const places = placesOf(layout)
  const bytes = new Uint8Array(places.end)
  const header = new DataView(bytes.buffer)
  for (const [i, value] of headerOf(layout, places).entries()) header.setUint32(4 * i, value, true)
  const { scales, exact, mantissas } = viewsOf(bytes, layout, places)
  exact.set(weights.subarray(layout.quantised))
  let channel = 0
  for (const entry of quantisedOf(layout)) {
    const own = scales.subarray(channel, channel + channelsOf(entry))
    quantise(valuesOf(entry, weights), own, mantissas.subarray(entry.offset, entry.offset + entry.length))
    channel += own.length
  }
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
  const { scales, exact, mantissas } = viewsOf(new Uint8Array(bytes), layout, places)
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  if (headerOf(layout, places).some((value, i) => header.getUint32(4 * i, true) !== value)) {
    return malformed(`its first ${HEADER_BYTES} bytes are not those of such weights`)
  }
  if (!scales.every((scale) => scale >= 0 && scale <= LARGEST_SCALE)) {
    return malformed('a scale is out of range')
  }
  if (!exact.every(Number.isFinite)) return malformed('a value is not finite')
  if (mantissas.includes(-LARGEST - 1)) return malformed('a mantissa is -128')
  const weights = new Float32Array(layout.total)
  weights.set(exact, layout.quantised)
  let channel = 0
  for (const entry of quantisedOf(layout)) {
    const own = scales.subarray(channel, channel + channelsOf(entry))
    const { offset, length } = entry
    for (let row = offset; row < offset + length; row += own.length) {
      for (let c = 0; c < own.length; c++) weights[row + c] = mantissas[row + c]! * own[c]!
    }
    channel += own.length
  }
  return weights
}

export function cutIntoShards(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(bytes.byteLength / SHARD_BYTES)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES))
}

/** `scales` and `mantissas` are filled; values lie channel by channel. */
function quantise(values: Float32Array, scales: Float32Array, mantissas: Int8Array): void {
  const channels = scales.length
  for (let row = 0; row < values.length; row += channels) {
    for (let c = 0; c < channels; c++) {
      const size = Math.abs(values[row + c]!)
      if (size > scales[c]!) scales[c] = size
    }
  }
  for (let c = 0; c < channels; c++) {
    const most = scales[c]!
    scales[c] = most === 0 ? 0 : Math.min(Math.max(most / LARGEST, SMALLEST_SCALE), LARGEST_SCALE)
  }
  for (let row = 0; row < values.length; row += channels) {
    for (let c = 0; c < channels; c++) {
      const scale = scales[c]!
      mantissas[row + c] = scale === 0 ? 0 : Math.round(values[row + c]! / scale)
    }
  }
}

function quantisedOf({ entries, quantised }: ParameterLayout): readonly ParameterEntry[] {
  return entries.filter(({ offset }) => offset < quantised)
}

function channelsOf({ spec: { shape } }: ParameterEntry): number {
  const last = shape.at(-1)!
  return shape.length === 4 && last === 1 ? shape[2]! : last
}

function placesOf(layout: ParameterLayout): Places {
  const { total, quantised } = layout
  const channels = quantisedOf(layout).reduce((sum, entry) => sum + channelsOf(entry), 0)
  const exact = HEADER_BYTES + 4 * channels
  const mantissas = exact + 4 * (total - quantised)
  return { channels, scales: HEADER_BYTES, exact, mantissas, end: mantissas + quantised }
}

function headerOf({ total, quantised }: ParameterLayout, { channels }: Places): number[] {
  return [MAGIC, channels, quantised, total - quantised]
}

/** `bytes` begin on a border of four. */
function viewsOf({ buffer, byteOffset }: Uint8Array, { total, quantised }: ParameterLayout, places: Places) {
  return {
    scales: new Float32Array(buffer, byteOffset + places.scales, places.channels),
    exact: new Float32Array(buffer, byteOffset + places.exact, total - quantised),
    mantissas: new Int8Array(buffer, byteOffset + places.mantissas, quantised),
  }
}

function malformed(why: string): Rejection {
  return reject(
    'malformed-weights',
    `The model cannot be read: ${why}.`,
    'Fetch it again; if it stays so, the operator has to publish it again.',
  )
}
