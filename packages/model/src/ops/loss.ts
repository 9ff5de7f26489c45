/**
 * Softmax cross entropy of each sample, with label smoothing (Szegedy et al. 2016): the target is
 * 1 - smoothing + smoothing/classes for the label, and smoothing/classes for the others.
 */
import * as tf from '@tensorflow/tfjs-core'

/** logits [n,classes], labels int32 [n] -> [n]. */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  smoothing: number,
): tf.Tensor1D {
  const op = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const classes = logits.shape[1]
    // As integers first: tfjs's WASM kernel writes integers whatever type it is asked for.
    // Cast apart: tfjs's WASM kernel takes no notice of the type it is asked for.
    const targets = tf.add(
      tf.mul(tf.cast(tf.oneHot(labels, classes), 'float32'), 1 - smoothing),
      smoothing / classes,
    )
    const shifted = tf.sub(logits, tf.max(logits, 1, true))
    const exponentials = tf.exp(shifted)
    const sums = tf.sum(exponentials, 1, true)
    const logProbabilities = tf.sub(shifted, tf.log(sums))
    const surplus = tf.sub(tf.div(exponentials, sums), targets)
    save([surplus])
    return {
      value: tf.neg(tf.sum(tf.mul(targets, logProbabilities), 1)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0]!),
    }
  })
  return op(logits) as tf.Tensor1D
}
