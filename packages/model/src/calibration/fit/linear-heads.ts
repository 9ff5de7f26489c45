/**
 * Softmax regression on features: the linear heads for which the penalised cross entropy is least. Features are centred, and scaled by one
 * number, for the fit; what comes out is for features as they are. Needs an open backend.
 */
import * as tf from '@tensorflow/tfjs-core'
import { softmax } from '../softmax.ts'
import { minimise } from './lbfgs.ts'
import type { Rows } from './rows.ts'

export type HeadsWish = {
  /** Of the squared weights, for features whose mean square is 1. */
  penalty: number
  iterations?: number
  /** Each row counts so much; absent: 1. */
  weights?: Float64Array
}

/** One head for each class: `features.width` weights and a bias. */
export function fitLinearHeads(
  features: Rows,
  classOf: ArrayLike<number>,
  classes: number,
  { penalty, iterations = 100, weights }: HeadsWish,
): Float32Array[] {
  const { count, width } = features
  const { mean, scale } = spreadOf(features)
  const scaled = new Float32Array(count * width)
  for (let i = 0; i < scaled.length; i++) scaled[i] = (features.values[i]! - mean[i % width]!) / scale
  const x = tf.tensor2d(scaled, [count, width])
  const transposed = tf.transpose(x) as tf.Tensor2D
  const total = weights === undefined ? count : weights.reduce((sum, weight) => sum + weight, 0)
  const size = width * classes

  /** `at`: weights [width, classes], then biases. */
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    const logits = tf.tidy(() =>
      tf.matMul(x, tf.tensor2d(Float32Array.from(at.subarray(0, size)), [width, classes])).dataSync(),
    ) as Float32Array
    const residual = new Float32Array(count * classes)
    let loss = 0
    gradient.fill(0)
    for (let row = 0; row < count; row++) {
      const own = logits.subarray(row * classes, (row + 1) * classes)
      for (let c = 0; c < classes; c++) own[c]! += at[size + c]!
      const scores = softmax(own)
      const truth = classOf[row]!
      const weight = (weights?.[row] ?? 1) / total
      loss -= weight * Math.log(Math.max(scores[truth]!, 1e-30))
      for (let c = 0; c < classes; c++) {
        const value = weight * (scores[c]! - (c === truth ? 1 : 0))
        residual[row * classes + c] = value
        gradient[size + c]! += value
      }
    }
    const product = tf.tidy(() =>
      tf.matMul(transposed, tf.tensor2d(residual, [count, classes])).dataSync(),
    ) as Float32Array
    for (let i = 0; i < size; i++) {
      loss += (penalty / 2) * at[i]! * at[i]!
      gradient[i] = product[i]! + penalty * at[i]!
    }
    return loss
  }

  try {
    const found = minimise(objective, new Float64Array(size + classes), { iterations })
    return Array.from({ length: classes }, (_, c) => {
      const head = new Float32Array(width + 1)
      let bias = found[size + c]!
      for (let i = 0; i < width; i++) {
        const weight = found[i * classes + c]! / scale
        head[i] = weight
        bias -= weight * mean[i]!
      }
      head[width] = bias
      return head
    })
  } finally {
    tf.dispose([x, transposed])
  }
}

/** The mean of each feature, and the root of the mean square of what is left. */
function spreadOf({ count, width, values }: Rows): { mean: Float64Array; scale: number } {
  const mean = new Float64Array(width)
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / count
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean[i % width]!) ** 2
  return { mean, scale: Math.sqrt(squares / values.length) || 1 }
}
