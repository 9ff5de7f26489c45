/**
 * What a sample's probabilities ought to be: its label's alone, or part of another's too, and smoothed (Szegedy et al. 2016). As
 * large as the logits, so whatever goes into it is let go of at once.
 */
import * as tf from '@tensorflow/tfjs-core'

export type Labels = {
  /** Species, one a sample. */
  own: ArrayLike<number>
  /** Where samples are mixtures: the other's species, and the own one's part. */
  mixed?: { other: ArrayLike<number>; shares: ArrayLike<number> } | undefined
}

/**
 * [samples, classes], each row of sum 1, which the caller owns: of the mixture of the labels 1 - smoothing, and
 * smoothing / classes for every species.
 */
export function softTargets({ own, mixed }: Labels, classes: number, smoothing: number): tf.Tensor2D {
  const labels = mixed === undefined ? oneHot(own, classes) : mixtures(own, mixed, classes)
  const scaled = spent(tf.mul(labels, 1 - smoothing), labels)
  return spent(tf.add(scaled, smoothing / classes), scaled)
}

function mixtures(own: ArrayLike<number>, mixed: NonNullable<Labels['mixed']>, classes: number): tf.Tensor2D {
  const first = part(oneHot(own, classes), mixed.shares)
  const rests = Array.from(mixed.shares, (share) => 1 - share)
  const second = part(oneHot(mixed.other, classes), rests)
  return spent(tf.add(first, second), first, second)
}

function oneHot(labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  const indices = tf.tensor1d(Int32Array.from(labels), 'int32')
  // As integers first: tfjs's WASM kernel writes integers whatever type it is asked for.
  const whole = tf.oneHot(indices, classes)
  return spent(tf.cast(whole, 'float32') as tf.Tensor2D, indices, whole)
}

/** Consumes `rows`. */
function part(rows: tf.Tensor2D, shares: ArrayLike<number>): tf.Tensor2D {
  const column = tf.tensor2d(Float32Array.from(shares), [shares.length, 1])
  return spent(tf.mul(rows, column), rows, column)
}

function spent<T extends tf.Tensor>(result: T, ...used: tf.Tensor[]): T {
  tf.dispose(used)
  return result
}
