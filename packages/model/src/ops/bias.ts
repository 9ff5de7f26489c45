/** The gradient of a bias [c] that was added to every pixel. */
import * as tf from '@tensorflow/tfjs-core'
import { CHANNEL_SUMS } from '../backend/kernel-names.ts'

/** dy [n,h,w,c] -> [c] */
export function biasGradient(dy: tf.Tensor4D): tf.Tensor1D {
  if (tf.getKernel(CHANNEL_SUMS, tf.getBackend())) return tf.engine().runKernel(CHANNEL_SUMS, { x: dy })
  return tf.sum(dy, [0, 1, 2])
}
