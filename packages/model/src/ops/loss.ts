/**
 * Cross entropy of each sample's softmax with its targets; or, of samples whose label may be wrong, the generalised cross
 * entropy of Zhang and Sabuncu 2018: the sum over species of t (1 - p^q) / q, which is cross entropy at q -> 0 and the absolute error at
 * q = 1. Its gradient is cross entropy's, weighted by p^q: who the network thinks is another species counts less.
 */
import * as tf from '@tensorflow/tfjs-core'

export type LossOptions = {
  /** [classes], added to the logits. */
  adjustment?: tf.Tensor1D | undefined
  /** q of each sample; 0 for plain cross entropy. */
  robustness?: ArrayLike<number> | undefined
}

/** logits [n,classes], targets [n,classes] of which each row sums to 1 -> [n]. Differentiable in the logits. */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  { adjustment, robustness }: LossOptions = {},
): tf.Tensor1D {
  const op = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const { probabilities, logProbabilities } = softmax(logits, adjustment)
    const entropy = tf.neg(tf.sum(tf.mul(targets, logProbabilities), 1))
    const robust = robustness && generalised(targets, probabilities, logProbabilities, robustness, entropy)
    const surplus = robust?.surplus ?? tf.sub(probabilities, targets)
    save([surplus])
    return {
      value: robust?.loss ?? entropy,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved[0]!),
    }
  })
  return op(logits) as tf.Tensor1D
}

function softmax(logits: tf.Tensor2D, adjustment: tf.Tensor1D | undefined) {
  const adjusted = adjustment === undefined ? logits : tf.add(logits, adjustment)
  const shifted = tf.sub(adjusted, tf.max(adjusted, 1, true))
  if (adjusted !== logits) adjusted.dispose()
  const exponentials = tf.exp(shifted)
  const sums = tf.sum(exponentials, 1, true)
  const probabilities = tf.div(exponentials, sums)
  exponentials.dispose()
  const logProbabilities = tf.sub(shifted, tf.log(sums))
  shifted.dispose()
  return { probabilities, logProbabilities }
}

/** Consumes the logarithms. */
function generalised(
  targets: tf.Tensor2D,
  probabilities: tf.Tensor,
  logProbabilities: tf.Tensor,
  robustness: ArrayLike<number>,
  entropy: tf.Tensor,
): { loss: tf.Tensor; surplus: tf.Tensor } {
  const q = Float32Array.from(robustness)
  const exponents = tf.mul(logProbabilities, tf.tensor2d(q, [q.length, 1]))
  logProbabilities.dispose()
  const powers = tf.exp(exponents)
  exponents.dispose()
  // t p^q, and its sum: 1 where q is 0.
  const weighted = tf.mul(targets, powers)
  powers.dispose()
  const weights = tf.sum(weighted, 1, true)
  const surplus = tf.sub(tf.mul(probabilities, weights), weighted)
  weighted.dispose()
  const divisors = q.map((one) => one || 1)
  const robust = tf.div(tf.sub(1, tf.reshape(weights, [-1])), tf.tensor1d(divisors))
  const isRobust = q.map((one) => (one > 0 ? 1 : 0))
  const isPlain = q.map((one) => (one > 0 ? 0 : 1))
  const loss = tf.add(tf.mul(robust, tf.tensor1d(isRobust)), tf.mul(entropy, tf.tensor1d(isPlain)))
  return { loss, surplus }
}
