/** The gradient of a bias [c] that was added to every pixel. */
import * as tf from '@tensorflow/tfjs-core'

/** dy [n,h,w,c] -> [c] */
export function biasGradient(dy: tf.Tensor4D): tf.Tensor1D {
  return tf.sum(dy, [0, 1, 2])
}
