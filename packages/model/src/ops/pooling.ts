/** Pooling over the image: the largest value of each window, or the mean of the whole. */
import * as tf from '@tensorflow/tfjs-core'
import type { Padding } from './op-types.ts'

/** x [n,h,w,c] -> [n,h/stride,w/stride,c]. Padding never wins. Of equals the first, row by row, gets the gradient. */
export function maxPool(x: tf.Tensor4D, size: number, stride: number, padding: Padding): tf.Tensor4D {
  const op = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor4D, tf.GradSaveFunc]
    const y = tf.maxPool(x, size, stride, padding)
    save([x, y])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [input, output]: tf.Tensor[]) =>
        tf
          .engine()
          .runKernel(
            tf.MaxPoolGrad,
            { dy, input: input!, output: output! },
            { filterSize: size, strides: stride, pad: padding },
          ) as tf.Tensor,
    }
  })
  return op(x) as tf.Tensor4D
}

/** The mean of each channel over the image: [n,h,w,c] -> [n,c]. */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  return pool(x) as tf.Tensor2D
}

const pool = tf.customGrad((input) => {
  const x = input as tf.Tensor4D
  const [n, height, width, channels] = x.shape
  return {
    value: tf.mean(x, [1, 2]),
    gradFunc: (dy: tf.Tensor) =>
      tf.mul(
        tf.reshape(dy, [n, 1, 1, channels]),
        tf.fill([n, height, width, channels], 1 / (height * width)),
      ),
  }
})
