/**
 * Batch normalisation over every axis but the last (Ioffe & Szegedy 2015), by the batch's own statistics, with the activation
 * after it: few passes over memory where the backend has kernels for it.
 */
import * as tf from '@tensorflow/tfjs-core'
import { CHANNEL_MOMENTS, NORMALISE, NORMALISE_GRADIENT } from '../backend/kernel-names.ts'
import { activate, activationGradient } from './activation.ts'
import type { Activation } from './op-types.ts'

export type NormOptions = { epsilon: number; activation: Activation }

/** `variance` is the population's: divided by n. */
export type Moments = { mean: tf.Tensor1D; variance: tf.Tensor1D }

/** What goes in: x [...,c], scale [c], offset [c]. */
export type Norm = { x: tf.Tensor; scale: tf.Tensor1D; offset: tf.Tensor1D }

export function channelMoments(x: tf.Tensor): Moments {
  if (hasKernels()) {
    const [mean, variance] = tf.engine().runKernel(CHANNEL_MOMENTS, { x }) as tf.Tensor1D[]
    return { mean: mean!, variance: variance! }
  }
  return tf.tidy(() => tf.moments(x, leadingAxes(x)) as Moments)
}

/** activation((x - mean) / sqrt(variance + epsilon) * scale + offset) */
export function normalise(norm: Norm & Moments, options: NormOptions): tf.Tensor {
  if (hasKernels()) return tf.engine().runKernel(NORMALISE, norm, options)
  return tf.tidy(() => composed(norm, options))
}

/** Through the statistics as well. The activation's part is computed from x again. */
export function normaliseGradient(
  norm: Norm & Moments & { dy: tf.Tensor },
  options: NormOptions,
): { dx: tf.Tensor; dScale: tf.Tensor1D; dOffset: tf.Tensor1D } {
  const [dx, dScale, dOffset] = hasKernels()
    ? (tf.engine().runKernel(NORMALISE_GRADIENT, norm, options) as tf.Tensor[])
    : tf.tidy(() => composedGradient(norm, options))
  return { dx: dx!, dScale: dScale as tf.Tensor1D, dOffset: dOffset as tf.Tensor1D }
}

function hasKernels(): boolean {
  return tf.getKernel(NORMALISE_GRADIENT, tf.getBackend()) !== undefined
}

function composed({ x, mean, variance, scale, offset }: Norm & Moments, options: NormOptions): tf.Tensor {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, options.epsilon)))
  return activate(tf.add(tf.mul(tf.sub(x, mean), factor), offset), options.activation)
}

/** Ioffe & Szegedy 2015, section 3, gathered: dx = scale / deviation * (dz - mean(dz) - normal * mean(dz * normal)). */
function composedGradient(norm: Norm & Moments & { dy: tf.Tensor }, options: NormOptions): tf.Tensor[] {
  const { x, mean, variance, scale, dy } = norm
  const { activation } = options
  const dz = activation === 'linear' ? dy : activationGradient(dy, composed(norm, options), activation)
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
