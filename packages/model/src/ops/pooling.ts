/** The mean of each channel over the image: [n,h,w,c] -> [n,c]. */
import * as tf from '@tensorflow/tfjs-core'

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
