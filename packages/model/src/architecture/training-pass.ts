/** A network's layers as operations while training: normalised by the batch's own statistics (BN1). */
import type * as tf from '@tensorflow/tfjs-core'
import {
  addActivated,
  batchNormTraining,
  biasedConv2d,
  biasedDepthwiseConv2d,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  maxPool,
} from '../ops/index.ts'
import { tensorName } from '../parameters.ts'
import type { Convolution, Norm } from './layer.ts'
import type { Layer, Network } from './network.ts'
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
  let maps = images
  let features: tf.Tensor2D | undefined
  for (const layer of network.layers) {
    switch (layer.kind) {
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
      default:
        maps = mapped(layer, weights, maps, statistics)
    }
  }
  return { logits: features!, statistics }
}

type MapLayer = Exclude<Layer, { kind: 'global-average-pool' | 'dense' }>

function mapped(
  layer: MapLayer,
  weights: NamedTensors,
  maps: tf.Tensor4D,
  statistics: TrainingPass['statistics'],
): tf.Tensor4D {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv':
      return convolved(layer, weights, maps, statistics)
    case 'max-pool':
      return maxPool(maps, layer.size, layer.stride, layer.padding)
    case 'residual': {
      const along = (layers: readonly Convolution[]) =>
        layers.reduce((passing, each) => convolved(each, weights, passing, statistics), maps)
      return addActivated(along(layer.branch), along(layer.shortcut), layer.activation)
    }
  }
}

function convolved(
  layer: Convolution,
  weights: NamedTensors,
  maps: tf.Tensor4D,
  statistics: TrainingPass['statistics'],
): tf.Tensor4D {
  const { kind, stride, padding, norm, activation } = layer
  const filter = weightOf<tf.Tensor4D>(weights, tensorName.filter(layer))
  if (norm === null) {
    const convolve = kind === 'conv' ? biasedConv2d : biasedDepthwiseConv2d
    return convolve(maps, filter, weightOf(weights, tensorName.bias(layer)), { stride, padding, activation })
  }
  const convolve = kind === 'conv' ? conv2d : depthwiseConv2d
  const linear = convolve(maps, filter, { stride, padding })
  return normalised({ norm, activation }, weights, linear, statistics)
}

function normalised(
  { norm, activation }: { norm: Norm; activation: Convolution['activation'] },
  weights: NamedTensors,
  maps: tf.Tensor4D,
  statistics: TrainingPass['statistics'],
): tf.Tensor4D {
  const scale = weightOf<tf.Tensor1D>(weights, tensorName.scale(norm))
  const offset = weightOf<tf.Tensor1D>(weights, tensorName.offset(norm))
  const { y, mean, variance } = batchNormTraining(maps, scale, offset, { epsilon: norm.epsilon, activation })
  const count = maps.size / scale.size
  statistics.set(tensorName.mean(norm), { tensor: mean, factor: 1 })
  // One value has no spread to estimate; its variance of 0 is passed on as it is.
  statistics.set(tensorName.variance(norm), {
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
