/** x [n,i] times weights [i,o], plus bias [o]. */
import * as tf from '@tensorflow/tfjs-core'

export function dense(x: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return op(x, weights, bias) as tf.Tensor2D
}

const op = tf.customGrad((...inputs) => {
  const [x, weights, bias, save] = inputs as unknown as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor1D,
    tf.GradSaveFunc,
  ]
  save([x, weights])
  return {
    value: tf.add(tf.matMul(x, weights), bias),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, weights] = saved as [tf.Tensor2D, tf.Tensor2D]
      // Transposed apart: tfjs's WASM matMul is ten times slower when it is asked to transpose.
      return [
        tf.matMul(dy as tf.Tensor2D, tf.transpose(weights)),
        tf.matMul(tf.transpose(x), dy as tf.Tensor2D),
        tf.sum(dy, 0),
      ]
    },
  }
})
