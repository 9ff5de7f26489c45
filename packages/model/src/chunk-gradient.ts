/** One chunk forward and backward: the gradient of its summed loss, and what the forward pass met on the way. */
import * as tf from '@tensorflow/tfjs-core'
import type { Network } from './architecture/network.ts'
import type { NamedTensors } from './architecture/tensors.ts'
import { type Statistics, trainingPass } from './architecture/training-pass.ts'
import type { TrainingLoss } from './training-loss.ts'

export type Differentiable = { network: Network; weights: NamedTensors; loss: TrainingLoss }

export type ChunkGradient = {
  /** Of the weights, by their names. */
  gradients: ReadonlyMap<string, tf.Tensor>
  /** [chunk]: each photo's loss. */
  losses: tf.Tensor1D
  /** [chunk, classes] */
  logits: tf.Tensor2D
  statistics: Statistics
}

/** `pixels` is [chunk, size, size, 3]. To be called within a tidy, whose tensors the outcome's are. */
export function chunkGradient(
  { network, weights, loss }: Differentiable,
  pixels: Float32Array,
  photos: number,
): ChunkGradient {
  const size = network.imageSize
  const images = tf.tensor4d(pixels, [photos, size, size, 3])
  const { logits, statistics, backward } = trainingPass(network, weights, images)
  // The gradient of a sum: every photo's loss counts once.
  const lossOf = (logits: tf.Tensor) => loss(logits as tf.Tensor2D)
  const { value, grad } = tf.valueAndGrad(lossOf)(logits, tf.ones([photos]))
  return { gradients: backward(grad as tf.Tensor2D), losses: value as tf.Tensor1D, logits, statistics }
}
