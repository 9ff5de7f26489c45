/** What the optimizer remembers between steps: momentum, and the residual that quantised updates have left over. */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { type Rejection, reject } from '@worldflora/protocol/rejection'

export type OptimizerState = {
  /** One value per trainable parameter (quantised, then exact). */
  momentum: Float32Array<ArrayBuffer>
  /** Error feedback: one value per quantised parameter. */
  residual: Float32Array<ArrayBuffer>
}

export function initOptimizer({ quantised, exact }: ParameterLayout): OptimizerState {
  return { momentum: new Float32Array(quantised + exact), residual: new Float32Array(quantised) }
}

/** momentum, then residual, little-endian single precision. */
export function encodeOptimizerState({ momentum, residual }: OptimizerState): Uint8Array<ArrayBuffer> {
  const values = new Float32Array(momentum.length + residual.length)
  values.set(momentum)
  values.set(residual, momentum.length)
  return new Uint8Array(values.buffer)
}

export function decodeOptimizerState(bytes: Uint8Array, layout: ParameterLayout): OptimizerState | Rejection {
  const { quantised, exact } = layout
  if (bytes.byteLength !== (2 * quantised + exact) * 4) {
    return reject(
      'malformed-optimizer-state',
      `An optimizer state of ${bytes.byteLength} bytes does not fit this network.`,
      'Restore the data folder from a backup: this file was changed.',
    )
  }
  const values = new Float32Array(new Uint8Array(bytes).buffer)
  return { momentum: values.slice(0, quantised + exact), residual: values.slice(quantised + exact) }
}
