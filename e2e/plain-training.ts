/**
 * What the platform is held against: the gradient as a plain tfjs program would compute it on one machine. Plain ops, tfjs's
 * own gradients on its plain JavaScript backend. Of Worldflora it uses nothing but the layout of the weights.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'

// Without checks, and without advice to use another package.
tf.enableProdMode()

/** `pixels` is [images, size, size, 3]. */
export type Chunk = { pixels: Float32Array; species: number[] }

export type PlainNetwork = { layout: ParameterLayout; size: number; classes: number; labelSmoothing: number }

type Weights = Record<string, tf.Tensor>
type Statistics = Record<string, ArrayLike<number>>

/** The mean gradient of a batch, and its mean statistics: those of each chunk, by its images. In the layout's order. */
export async function plainGradient(
  network: PlainNetwork,
  weights: Float32Array,
  batch: readonly Chunk[],
): Promise<Float64Array> {
  await tf.setBackend('cpu')
  const images = batch.reduce((sum, { species }) => sum + species.length, 0)
  const mean = new Float64Array(network.layout.total)
  for (const chunk of batch) addChunk(mean, network, weights, chunk, images)
  return mean
}

function addChunk(
  mean: Float64Array,
  { layout, size, classes, labelSmoothing }: PlainNetwork,
  flat: Float32Array,
  { pixels, species }: Chunk,
  images: number,
): void {
  tf.tidy(() => {
    const weights: Weights = {}
    for (const { spec, offset, length } of layout.entries) {
      weights[spec.name] = tf.tensor(flat.slice(offset, offset + length), [...spec.shape])
    }
    const trainable = layout.entries
      .filter(({ spec }) => spec.role === 'trainable')
      .map(({ spec }) => spec.name)
    const input = tf.tensor4d(pixels, [species.length, size, size, 3])
    const targets = tf.add(
      tf.mul(tf.cast(tf.oneHot(tf.tensor1d(species, 'int32'), classes), 'float32'), 1 - labelSmoothing),
      labelSmoothing / classes,
    )
    let statistics: Statistics = {}
    const { grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const own = { ...weights, ...Object.fromEntries(trainable.map((name, i) => [name, tensors[i]!])) }
      statistics = {}
      const logits = smallCnn(input, own, statistics)
      return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits))))
    })(trainable.map((name) => weights[name]!))
    const gradients = Object.fromEntries(trainable.map((name, i) => [name, grads[i]!]))
    for (const { spec, offset, length } of layout.entries) {
      const isStatistic = spec.role === 'statistic'
      const values = isStatistic ? statistics[spec.name]! : gradients[spec.name]!.dataSync()
      const share = isStatistic ? species.length / images : 1 / images
      for (let i = 0; i < length; i++) mean[offset + i]! += share * values[i]!
    }
  })
}

function smallCnn(images: tf.Tensor4D, weights: Weights, statistics: Statistics): tf.Tensor2D {
  let x = images
  for (const block of ['block1', 'block2', 'block3', 'block4']) {
    x = normalised(tf.conv2d(x, filter(weights, block), 2, 'same'), `${block}/norm`, weights, statistics)
  }
  return head(x, weights)
}

function filter(weights: Weights, layer: string): tf.Tensor4D {
  return weights[`${layer}/filter`] as tf.Tensor4D
}

/** By the batch's own mean and variance, then relu6. Notes the mean and the unbiased variance. */
function normalised(x: tf.Tensor4D, layer: string, weights: Weights, statistics: Statistics): tf.Tensor4D {
  const { mean, variance } = tf.moments(x, [0, 1, 2])
  const count = x.size / mean.size
  statistics[`${layer}/mean`] = mean.dataSync()
  statistics[`${layer}/variance`] = tf.mul(variance, count > 1 ? count / (count - 1) : 1).dataSync()
  const [scale, offset] = [weights[`${layer}/scale`]!, weights[`${layer}/offset`]!]
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)))
  return tf.relu6(tf.add(tf.mul(normal, scale), offset))
}

function head(x: tf.Tensor4D, weights: Weights): tf.Tensor2D {
  const features = tf.mean(x, [1, 2]) as tf.Tensor2D
  return tf.add(tf.matMul(features, weights['head/weights'] as tf.Tensor2D), weights['head/bias']!)
}
