/** A network's layers as operations while training: normalised by the batch's own statistics (BN1). */
import type * as tf from '@tensorflow/tfjs-core'
import {
  batchNormRelu6Training,
  batchNormTraining,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  relu6,
} from '../ops/index.ts'
import { tensorName } from '../parameters.ts'
import { type Layer, type Network, NORM_EPSILON } from './network.ts'
import type { NamedTensors } from './tensors.ts'

export type TrainingPass = {
  /** [batch, classes] */
  logits: tf.Tensor2D
  /** By the names of the running statistics they belong to. Variances are unbiased: of n values, divided by n - 1. */
  statistics: Map<string, { tensor: tf.Tensor1D; factor: number }>
}

/** `images` is [batch, size, size, 3]. Differentiable in the trainable weights. To be called within a tidy. */
export function trainingPass(network: Network, weights: NamedTensors, images: tf.Tensor4D): TrainingPass {
  const statistics: TrainingPass['statistics'] = new Map()
  const { layers } = network
  let maps = images
  let features: tf.Tensor2D | undefined
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!
    switch (layer.kind) {
      case 'conv':
        maps = conv2d(maps, weightOf(weights, tensorName.filter(layer)), layer.stride)
        break
      case 'depthwise-conv':
        maps = depthwiseConv2d(maps, weightOf(weights, tensorName.filter(layer)), layer.stride)
        break
      case 'batch-norm': {
        const activated = layers[i + 1]?.kind === 'relu6'
        if (activated) i++
        maps = normalised(layer, activated, weights, maps, statistics)
        break
      }
      case 'relu6':
        maps = relu6(maps)
        break
      case 'global-average-pool':
        features = globalAveragePool(maps)
        break
      case 'dense':
        features = dense(
          features!,
          weightOf(weights, tensorName.weights(layer)),
          weightOf(weights, tensorName.bias(layer)),
        )
        break
    }
  }
  return { logits: features!, statistics }
}

function normalised(
  layer: Extract<Layer, { kind: 'batch-norm' }>,
  activated: boolean,
  weights: NamedTensors,
  maps: tf.Tensor4D,
  statistics: TrainingPass['statistics'],
): tf.Tensor4D {
  const norm = activated ? batchNormRelu6Training : batchNormTraining
  const scale = weightOf<tf.Tensor1D>(weights, tensorName.scale(layer))
  const offset = weightOf<tf.Tensor1D>(weights, tensorName.offset(layer))
  const { y, mean, variance } = norm(maps, scale, offset, NORM_EPSILON)
  const count = maps.size / layer.channels
  statistics.set(tensorName.mean(layer), { tensor: mean, factor: 1 })
  // One value has no spread to estimate; its variance of 0 is passed on as it is.
  statistics.set(tensorName.variance(layer), {
    tensor: variance,
    factor: count > 1 ? count / (count - 1) : 1,
  })
  return y
}

function weightOf<T extends tf.Tensor>(weights: NamedTensors, name: string): T {
  const tensor = weights.get(name)
  if (tensor === undefined) throw new Error(`the network has no tensor ${name}`)
  return tensor as T
}
