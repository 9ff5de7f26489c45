/** One chunk forward and backward: the gradient of its summed loss, and what the forward pass met on the way. */
import * as tf from '@tensorflow/tfjs-core'
import type { Network } from './architecture/network.ts'
import type { NamedTensors } from './architecture/tensors.ts'
import { type Statistics, trainingPass } from './architecture/training-pass.ts'
import { lossGradient, type TrainingLoss } from './training-loss.ts'

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
  const { losses, dLogits } = lossGradient(loss, logits)
  return { gradients: backward(dLogits), losses, logits, statistics }
}
