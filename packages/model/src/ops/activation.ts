/** relu and relu6: clamped below at 0, and above at 6. Their gradients pass where the output lies strictly between. */
import * as tf from '@tensorflow/tfjs-core'
import { ACTIVATION_GRADIENT } from '../backend/kernel-names.ts'
import type { Activation } from './op-types.ts'

/** x itself where there is nothing to do. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case 'linear':
      return x
    case 'relu':
      return tf.relu(x)
    case 'relu6':
      return tf.relu6(x)
  }
}

/** dy where the output `y` is neither of the bounds. */
export function activationGradient<T extends tf.Tensor>(dy: T, y: T, activation: 'relu' | 'relu6'): T {
  if (tf.getKernel(ACTIVATION_GRADIENT, tf.getBackend())) {
    return tf.engine().runKernel(ACTIVATION_GRADIENT, { dy, y }, { activation }) as T
  }
  return tf.tidy(() => {
    const above = tf.greater(y, 0)
    const within = activation === 'relu6' ? tf.logicalAnd(above, tf.less(y, 6)) : above
    return tf.mul(dy, tf.cast(within, 'float32'))
  })
}
