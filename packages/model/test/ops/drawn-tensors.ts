/** Tensors for tests: seeded normal values; and how two backends' answers are compared. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendName } from '@worldflora/protocol/messages'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { type BackendOptions, openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'

export function drawTensor<T extends tf.Tensor>(shape: number[], seed: number): T {
  const random = new RandomStream(seed, 'herbarium')
  const length = shape.reduce((product, extent) => product * extent, 1)
  return tf.tensor(
    Float32Array.from({ length }, () => random.normal()),
    shape,
  ) as T
}

/** A differentiable function of the tensors that are drawn in these shapes. */
export type OpCase = { shapes: number[][]; compute: (...inputs: never[]) => tf.Tensor }

/** The value and the gradients, against a drawn gradient of the output. Leaves no tensor behind. */
export async function gradientsOn(
  backend: BackendName,
  { shapes, compute }: OpCase,
  options: BackendOptions = {},
): Promise<Float32Array[]> {
  const opened = await openBackend(backend, nodeAssets, options)
  if (isRejection(opened)) throw new Error(opened.message)
  const results = tf.tidy(() => {
    const inputs = shapes.map((shape, index) => drawTensor(shape, index + 1))
    const of = compute as unknown as (...inputs: tf.Tensor[]) => tf.Tensor
    const value = of(...inputs)
    return [value, ...tf.grads(of)(inputs, drawTensor(value.shape, 99))]
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
