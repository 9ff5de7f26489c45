/**
 * The optimizer's state as bytes, little-endian:
 *
 *     "WFO1" | u8 optimizer | u8 1: with an average | u16 0 | u32 quantised | u32 exact | u32 statistics
 *     | u32 updates of the moments | u32 updates of the average | float32: moments, residual, average
 *
 * Before there was a choice of optimizers, SGD's were momentum and residual and nothing else: those are read as well.
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import type { Average } from './average.ts'
import { type Moments, vectorsOf } from './moments.ts'
import type { OptimizerState } from './optimizer-state.ts'

const MAGIC = 0x314f4657
const HEADER_BYTES = 28
const NAMES: readonly OptimizerConfig['name'][] = ['sgd', 'lars', 'adamw']
const VECTORS = { sgd: 1, lars: 1, adamw: 2 } as const

type Kind = { name: OptimizerConfig['name']; hasAverage: boolean; headerBytes: number }
type Header = Kind & { momentUpdates: number; averageUpdates: number }

const WITHOUT_HEADER: Header = {
  name: 'sgd',
  hasAverage: false,
  headerBytes: 0,
  momentUpdates: 0,
  averageUpdates: 0,
}

export function encodeOptimizerState(
  { moments, residual, average }: OptimizerState,
  layout: ParameterLayout,
): Uint8Array<ArrayBuffer> {
  const kind = { name: moments.kind, hasAverage: average !== null, headerBytes: HEADER_BYTES }
  const bytes = new Uint8Array(stateBytes(kind, layout))
  const header = new DataView(bytes.buffer)
  header.setUint32(0, MAGIC, true)
  header.setUint8(4, NAMES.indexOf(moments.kind))
  header.setUint8(5, average === null ? 0 : 1)
  header.setUint32(8, layout.quantised, true)
  header.setUint32(12, layout.exact, true)
  header.setUint32(16, layout.statistics, true)
  header.setUint32(20, moments.kind === 'adamw' ? moments.updates : 0, true)
  header.setUint32(24, average?.updates ?? 0, true)
  const values = new Float32Array(bytes.buffer, HEADER_BYTES)
  let at = 0
  for (const vector of [...vectorsOf(moments), residual, ...(average === null ? [] : [average.values])]) {
    values.set(vector, at)
    at += vector.length
  }
  return bytes
}

/** A copy that the caller owns. Rejects the state of another optimizer, or without the average that the run has. */
export function decodeOptimizerState(
  bytes: Uint8Array,
  { name, ema }: OptimizerConfig,
  layout: ParameterLayout,
): OptimizerState | Rejection {
  const { quantised, exact } = layout
  const trainable = quantised + exact
  const header = headerOf(bytes, layout)
  if (typeof header === 'string') return malformed(header)
  if (header.name !== name) return malformed(`it is ${header.name}’s, and the run trains with ${name}`)
  if (header.hasAverage !== (ema !== undefined)) {
    return malformed(`it has ${header.hasAverage ? 'an' : 'no'} average of the weights, unlike the run`)
  }
  const { headerBytes, momentUpdates, averageUpdates } = header
  const values = new Float32Array(new Uint8Array(bytes.subarray(headerBytes)).buffer)
  let at = 0
  const next = (length: number) => {
    at += length
    return values.subarray(at - length, at)
  }
  const moments: Moments =
    name === 'adamw'
      ? { kind: name, updates: momentUpdates, first: next(trainable), second: next(trainable) }
      : { kind: name, velocity: next(trainable) }
  const residual = next(quantised)
  const average: Average | null = header.hasAverage
    ? { updates: averageUpdates, values: next(layout.total) }
    : null
  return { moments, residual, average }
}

/** The averaged weights in canonical form, as a view. */
export function averageIn(
  bytes: Uint8Array<ArrayBuffer>,
  layout: ParameterLayout,
): Uint8Array<ArrayBuffer> | Rejection {
  const header = headerOf(bytes, layout)
  if (typeof header === 'string') return malformed(header)
  if (!header.hasAverage) return malformed('it has no average of the weights')
  return bytes.subarray(bytes.byteLength - layout.total * 4)
}

/** Or what is wrong, in words. */
function headerOf(bytes: Uint8Array, layout: ParameterLayout): Header | string {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isMarked = bytes.byteLength >= 4 && header.getUint32(0, true) === MAGIC
  if (!isMarked && bytes.byteLength === stateBytes(WITHOUT_HEADER, layout)) return WITHOUT_HEADER
  if (!isMarked) return 'it does not begin with WFO1'
  if (bytes.byteLength < HEADER_BYTES) return `${bytes.byteLength} bytes are too few`
  const name = NAMES[header.getUint8(4)]
  if (name === undefined) return 'it is of an optimizer that this version does not know'
  const isFit =
    header.getUint32(8, true) === layout.quantised &&
    header.getUint32(12, true) === layout.exact &&
    header.getUint32(16, true) === layout.statistics
  if (!isFit) return 'it is of another network'
  const kind = { name, hasAverage: header.getUint8(5) === 1, headerBytes: HEADER_BYTES }
  const needed = stateBytes(kind, layout)
  if (bytes.byteLength !== needed) return `it has ${bytes.byteLength} bytes where ${needed} are needed`
  return { ...kind, momentUpdates: header.getUint32(20, true), averageUpdates: header.getUint32(24, true) }
}

function stateBytes(
  { name, hasAverage, headerBytes }: Kind,
  { quantised, exact, total }: ParameterLayout,
): number {
  const vectors = VECTORS[name] * (quantised + exact) + quantised + (hasAverage ? total : 0)
  return headerBytes + vectors * 4
}

function malformed(why: string): Rejection {
  return reject(
    'malformed-optimizer-state',
    `The optimizer's state cannot be used: ${why}.`,
    'Restore the data folder from a backup, or start a new run from a checkpoint.',
  )
}
