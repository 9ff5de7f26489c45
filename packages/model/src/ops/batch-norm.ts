/**
 * Batch normalisation over every axis but the last (Ioffe & Szegedy 2015). While training, the statistics are those of the
 * batch, and the gradient goes through them; `mean` and `variance` (the population's: divided by n) are handed out
 * for the running averages and are not differentiated themselves.
 */
import * as tf from '@tensorflow/tfjs-core'
import { maskRelu6 } from './activation.ts'

export type Normalised<T extends tf.Tensor> = { y: T; mean: tf.Tensor1D; variance: tf.Tensor1D }

/** x [...,c], scale [c], offset [c]. */
export function batchNormTraining<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): Normalised<T> {
  return normalise(x, scale, offset, { epsilon, relu6: false })
}

/** The same, followed by relu6, in one pass where the backend can. */
export function batchNormRelu6Training<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): Normalised<T> {
  return normalise(x, scale, offset, { epsilon, relu6: true })
}

export type InferenceNorm = {
  scale: tf.Tensor1D
  offset: tf.Tensor1D
  mean: tf.Tensor1D
  variance: tf.Tensor1D
  epsilon: number
}

/** With given statistics: an affine map of each channel. */
export function batchNormInference<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon: number,
): T {
  return tf.batchNorm(x, mean, variance, offset, scale, epsilon) as T
}

function normalise<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon, relu6 }: { epsilon: number; relu6: boolean },
): Normalised<T> {
  const [mean, variance] = withoutTape(() => {
    const moments = tf.moments(x, leadingAxes(x))
    return [moments.mean as tf.Tensor1D, moments.variance as tf.Tensor1D]
  })
  const op = tf.customGrad((...inputs) => {
    const [x, scale, offset, save] = inputs as unknown as [T, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc]
    const rstd = tf.rsqrt(tf.add(variance!, epsilon))
    const linear = tf.add(tf.mul(tf.mul(tf.sub(x, mean!), rstd), scale), offset)
    const y = relu6 ? tf.relu6(linear) : linear
    save(relu6 ? [x, scale, mean!, rstd, y] : [x, scale, mean!, rstd])
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, scale, mean, rstd, y] = saved as [T, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, T | undefined]
        const dz = y === undefined ? dy : maskRelu6(dy, y)
        const axes = leadingAxes(x)
        const n = x.size / scale.size
        const normalised = tf.mul(tf.sub(x, mean), rstd)
        const dScale = tf.sum(tf.mul(dz, normalised), axes)
        const dOffset = tf.sum(dz, axes)
        const centred = tf.sub(dz, tf.add(tf.div(dOffset, n), tf.mul(normalised, tf.div(dScale, n))))
        return [tf.mul(centred, tf.mul(scale, rstd)), dScale, dOffset]
      },
    }
  })
  return { y: op(x, scale, offset) as T, mean: mean!, variance: variance! }
}

function leadingAxes(x: tf.Tensor): number[] {
  return Array.from({ length: x.rank - 1 }, (_, axis) => axis)
}

/** Runs ops that gradients shall not go through. A custom gradient's inside is not recorded. */
function withoutTape(compute: () => tf.Tensor1D[]): tf.Tensor1D[] {
  let length = 0
  const joined = tf.customGrad(() => {
    const results = compute()
    length = results.length
    return { value: tf.stack(results), gradFunc: () => [] }
  })()
  return tf.unstack(joined, 0).slice(0, length) as tf.Tensor1D[]
}
