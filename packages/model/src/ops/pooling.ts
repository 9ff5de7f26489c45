/** Pooling over the image: the largest value of each window, or the mean of the whole; and their gradients. */
import * as tf from '@tensorflow/tfjs-core'
import type { Padding } from './op-types.ts'

export type Pooling = { size: number; stride: number; padding: Padding }

/** x [n,h,w,c] -> [n,h/stride,w/stride,c]. Padding never wins. */
export function maxPool(x: tf.Tensor4D, { size, stride, padding }: Pooling): tf.Tensor4D {
  return tf.maxPool(x, size, stride, padding)
}

/** Of equals the first, row by row, gets the gradient. */
export function maxPoolGradient(
  { x, y, dy }: Record<'x' | 'y' | 'dy', tf.Tensor4D>,
  { size, stride, padding }: Pooling,
): tf.Tensor4D {
  const attributes = { filterSize: size, strides: stride, pad: padding }
  return tf.engine().runKernel(tf.MaxPoolGrad, { dy, input: x, output: y }, attributes) as tf.Tensor4D
}

/** The mean of each channel over the image: [n,h,w,c] -> [n,c]. */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(x, [1, 2])
}

/** dy [n,c] -> [n,h,w,c] */
export function globalAveragePoolGradient(dy: tf.Tensor2D, shape: tf.Tensor4D['shape']): tf.Tensor4D {
  const [n, height, width, channels] = shape
  return tf.tidy(() => tf.mul(tf.reshape(dy, [n, 1, 1, channels]), tf.fill(shape, 1 / (height * width))))
}
