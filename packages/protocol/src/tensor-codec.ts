/**
 * The canonical form of a checkpoint: its values in the layout's order as little-endian single precision, nothing else.
 * Its SHA-256 is the checkpoint's name.
 */
import type { ParameterLayout } from './parameter-layout.ts'
import { type Rejection, reject } from './rejection.ts'

/** A copy. */
export function encodeWeights(values: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(values).buffer)
}

/** A copy that the caller owns. */
export function decodeWeights(
  bytes: Uint8Array,
  layout: ParameterLayout,
): Float32Array<ArrayBuffer> | Rejection {
  if (bytes.byteLength !== layout.total * 4) {
    return reject(
      'malformed-weights',
      `A checkpoint of ${bytes.byteLength} bytes does not fit this network, which needs ${layout.total * 4}.`,
      'Fetch it again; if it stays so, run and network do not belong together.',
    )
  }
  // Not bytes.slice(): a Buffer's does not copy, and may lie anywhere in a larger one.
  return new Float32Array(new Uint8Array(bytes).buffer)
}
