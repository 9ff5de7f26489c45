/** A checkpoint's flat vector as tensors on the current backend, by name. */
import * as tf from '@tensorflow/tfjs-core'
import { type ParameterLayout, valuesOf } from '@worldflora/protocol/parameter-layout'

export type NamedTensors = ReadonlyMap<string, tf.Tensor>

/** The caller owns the tensors. `trainable`: without the running statistics. */
export function uploadWeights(
  layout: ParameterLayout,
  weights: Float32Array,
  which: 'all' | 'trainable',
): Map<string, tf.Tensor> {
  if (weights.length !== layout.total) {
    throw new Error(`these are ${weights.length} weights; the network has ${layout.total}`)
  }
  const wanted = layout.entries.filter(({ spec }) => which === 'all' || spec.role === 'trainable')
  return new Map(
    wanted.map((entry) => [
      entry.spec.name,
      // A copy: the tensor may take the array as its own.
      tf.tensor(valuesOf(entry, weights).slice(), [...entry.spec.shape], 'float32'),
    ]),
  )
}

export function tensorNamed<T extends tf.Tensor>(tensors: NamedTensors, name: string): T {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`the network has no tensor ${name}`)
  return tensor as T
}
