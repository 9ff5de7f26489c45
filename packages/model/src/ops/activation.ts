/** relu6: clamps to [0, 6]. Its gradient passes where the output lies strictly between. */
import * as tf from '@tensorflow/tfjs-core'
import { RELU6_GRADIENT } from '../backend/kernel-names.ts'

export function relu6<T extends tf.Tensor>(x: T): T {
  return activate(x) as T
}

const activate = tf.customGrad((x, save) => {
  const y = tf.relu6(x as tf.Tensor)
  ;(save as tf.GradSaveFunc)([y])
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => maskRelu6(dy, saved[0]!),
  }
})

/** dy where the output `y` of a relu6 is neither 0 nor 6. */
export function maskRelu6(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (tf.getKernel(RELU6_GRADIENT, tf.getBackend())) return tf.engine().runKernel(RELU6_GRADIENT, { dy, y })
  return tf.tidy(() => tf.mul(dy, tf.cast(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 6)), 'float32')))
}
