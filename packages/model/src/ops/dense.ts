/** x [n,i] times weights [i,o], plus bias [o]. */
import * as tf from '@tensorflow/tfjs-core'

/** Differentiable by tfjs. */
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
      const { dx, dWeights, dBias } = denseGradient({ x, weights, dy: dy as tf.Tensor2D })
      return [dx, dWeights, dBias]
    },
  }
})

export function denseGradient({ x, weights, dy }: Record<'x' | 'weights' | 'dy', tf.Tensor2D>): {
  dx: tf.Tensor2D
  dWeights: tf.Tensor2D
  dBias: tf.Tensor1D
} {
  return tf.tidy(() => ({
    // Transposed apart: tfjs's WASM matMul is ten times slower when it is asked to transpose.
    dx: tf.matMul(dy, tf.transpose(weights)) as tf.Tensor2D,
    dWeights: tf.matMul(tf.transpose(x), dy) as tf.Tensor2D,
    dBias: tf.sum(dy, 0) as tf.Tensor1D,
  }))
}
