/** The end of a residual block: activation(a + b). Both get the same gradient. */
import * as tf from '@tensorflow/tfjs-core'
import { activate, maskActivation } from './activation.ts'
import type { Activation } from './op-types.ts'

export function addActivated(a: tf.Tensor4D, b: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  const op = tf.customGrad((...inputs) => {
    const [a, b, save] = inputs as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc]
    const y = activate(tf.add(a, b), activation)
    if (activation !== 'linear') save([y])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const dz = activation === 'linear' ? dy : maskActivation(dy, saved[0]!, activation)
        // Two tensors, each with an owner of its own: what gradients come to is summed up, and the parts disposed of.
        return [tf.clone(dz), tf.clone(dz)]
      },
    }
  })
  return op(a, b) as tf.Tensor4D
}
