/** Tensors for tests: seeded normal values; and how two backends' answers are compared. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendName } from '@worldflora/protocol/messages'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { type BackendOptions, openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'

export function drawTensor<T extends tf.Tensor>(shape: readonly number[], seed: number): T {
  const random = new RandomStream(seed, 'herbarium')
  const length = shape.reduce((product, extent) => product * extent, 1)
  return tf.tensor(
    Float32Array.from({ length }, () => random.normal()),
    [...shape],
  ) as T
}

/** An op on tensors that are drawn in these shapes: its value, and the gradient of each tensor given that of the value. */
export type OpCase = {
  shapes: readonly (readonly number[])[]
  value(...inputs: tf.Tensor[]): tf.Tensor
  gradients(inputs: tf.Tensor[], y: tf.Tensor, dy: tf.Tensor): tf.Tensor[]
}

/** The value and the gradients, against a drawn gradient of the output. Leaves no tensor behind. */
export async function gradientsOn(
  backend: BackendName,
  { shapes, value, gradients }: OpCase,
  options: BackendOptions = {},
): Promise<Float32Array[]> {
  const opened = await openBackend(backend, nodeAssets, options)
  if (isRejection(opened)) throw new Error(opened.message)
  const results = tf.tidy(() => {
    const inputs = shapes.map((shape, index) => drawTensor(shape, index + 1))
    const y = value(...inputs)
    return [y, ...gradients(inputs, y, drawTensor(y.shape, 99))]
  })
  const values = await Promise.all(results.map((tensor) => tensor.data() as Promise<Float32Array>))
  tf.dispose(results)
  return values
}

/** The largest difference, as a part of the largest value. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  const differences = expected.map((value, index) => Math.abs(value - (actual[index] ?? Number.NaN)))
  return (
    differences.reduce((most, value) => (value > most || Number.isNaN(value) ? value : most), 0) / largest
  )
}
