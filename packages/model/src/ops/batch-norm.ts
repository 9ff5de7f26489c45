/**
 * Batch normalisation over every axis but the last (Ioffe & Szegedy 2015). While training, the statistics are those of the
 * batch, and the gradient goes through them; `mean` and `variance` (the population's: divided by n) are handed out
 * for the running averages and are not differentiated themselves.
 */
import * as tf from '@tensorflow/tfjs-core'
import { CHANNEL_MOMENTS, NORMALISE, NORMALISE_GRADIENT } from '../backend/kernel-names.ts'
import { activate, maskActivation } from './activation.ts'
import type { Activation } from './op-types.ts'

export type Normalised<T extends tf.Tensor> = { y: T; mean: tf.Tensor1D; variance: tf.Tensor1D }

export type NormOptions = { epsilon: number; activation: Activation }

/** x [...,c], scale [c], offset [c]. The activation is part of it: one pass over memory where the backend can. */
export function batchNormTraining<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  options: NormOptions,
): Normalised<T> {
  const fused = tf.getKernel(NORMALISE_GRADIENT, tf.getBackend()) !== undefined
  const [mean, variance] = fused ? fusedMoments(x) : composedMoments(x)
  const forward = fused ? fusedForward : composedForward
  const gradient = fused ? fusedGradient : composedGradient
  const op = tf.customGrad((...inputs) => {
    const [x, scale, offset, save] = inputs as unknown as [T, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc]
    const norm = { x, mean, variance, scale, offset }
    save([x, mean, variance, scale, offset])
    return {
      value: forward(norm, options),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, mean, variance, scale, offset] = saved as [
          T,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.Tensor1D,
        ]
        return gradient({ x, mean, variance, scale, offset }, dy, options)
      },
    }
  })
  return { y: op(x, scale, offset) as T, mean, variance }
}

/** With given statistics, which are constants: differentiable in x, scale and offset. */
export function batchNormInference<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon: number,
): T {
  const op = tf.customGrad((...inputs) => {
    const [x, scale, offset, save] = inputs as unknown as [T, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc]
    save([x, mean, variance, scale])
    return {
      value: tf.batchNorm(x, mean, variance, offset, scale, epsilon),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, mean, variance, scale] = saved as [T, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
        const axes = leadingAxes(x)
        const reciprocal = tf.rsqrt(tf.add(variance, epsilon))
        const normal = tf.mul(tf.sub(x, mean), reciprocal)
        return [tf.mul(dy, tf.mul(scale, reciprocal)), tf.sum(tf.mul(dy, normal), axes), tf.sum(dy, axes)]
      },
    }
  })
  return op(x, scale, offset) as T
}

type Norm = {
  x: tf.Tensor
  mean: tf.Tensor1D
  variance: tf.Tensor1D
  scale: tf.Tensor1D
  offset: tf.Tensor1D
}

function fusedMoments(x: tf.Tensor): [tf.Tensor1D, tf.Tensor1D] {
  return tf.engine().runKernel(CHANNEL_MOMENTS, { x }) as [tf.Tensor1D, tf.Tensor1D]
}

function fusedForward(norm: Norm, options: NormOptions): tf.Tensor {
  return tf.engine().runKernel(NORMALISE, norm, options)
}

function fusedGradient(norm: Norm, dy: tf.Tensor, options: NormOptions): tf.Tensor[] {
  return tf.engine().runKernel(NORMALISE_GRADIENT, { ...norm, dy }, options)
}

/** Inside a custom gradient nothing is recorded, so these ops leave nothing behind for the backward pass. */
function composedMoments(x: tf.Tensor): [tf.Tensor1D, tf.Tensor1D] {
  const both = tf.customGrad(() => {
    const { mean, variance } = tf.moments(x, leadingAxes(x))
    return { value: tf.stack([mean, variance]), gradFunc: () => [] }
  })()
  return tf.unstack(both) as [tf.Tensor1D, tf.Tensor1D]
}

function composedForward({ x, mean, variance, scale, offset }: Norm, options: NormOptions): tf.Tensor {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, options.epsilon)))
  const linear = tf.add(tf.mul(tf.sub(x, mean), factor), offset)
  return activate(linear, options.activation)
}

/** Ioffe & Szegedy 2015, section 3, gathered: dx = scale / deviation * (dz - mean(dz) - normal * mean(dz * normal)). */
function composedGradient(norm: Norm, dy: tf.Tensor, options: NormOptions): tf.Tensor[] {
  const { x, mean, variance, scale } = norm
  const { activation } = options
  const dz = activation === 'linear' ? dy : maskActivation(dy, composedForward(norm, options), activation)
  const axes = leadingAxes(x)
  const n = x.size / scale.size
  const reciprocal = tf.rsqrt(tf.add(variance, options.epsilon))
  const normal = tf.mul(tf.sub(x, mean), reciprocal)
  const dScale = tf.sum(tf.mul(dz, normal), axes)
  const dOffset = tf.sum(dz, axes)
  const centred = tf.sub(dz, tf.add(tf.div(dOffset, n), tf.mul(normal, tf.div(dScale, n))))
  return [tf.mul(centred, tf.mul(scale, reciprocal)), dScale, dOffset]
}

function leadingAxes(x: tf.Tensor): number[] {
  return Array.from({ length: x.rank - 1 }, (_, axis) => axis)
}
