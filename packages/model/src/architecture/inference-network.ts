/**
 * A network for inference: each normalisation with its running statistics is folded into the convolution before it, so
 * that a layer is one operation (convolution, bias, relu6) that every backend has. Folding is done in double precision.
 */
import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { parameterSpecs, tensorName } from '../parameters.ts'
import { describeNetwork, type Layer, NORM_EPSILON } from './network.ts'

type Convolution = Extract<Layer, { kind: 'conv' | 'depthwise-conv' }>
type Stage =
  | {
      kind: 'conv' | 'depthwise-conv'
      stride: 1 | 2
      activation: 'relu6' | 'linear'
      filter: tf.Tensor4D
      bias: tf.Tensor1D
    }
  | { kind: 'global-average-pool' }
  | { kind: 'dense'; weights: tf.Tensor2D; bias: tf.Tensor1D }

export type InferenceNetwork = {
  /** `images` [batch, size, size, 3] to probabilities [batch, classes]. Does not consume its argument; the caller owns the result. */
  probabilities(images: tf.Tensor4D): tf.Tensor2D
  /** [batch, features]: what goes into the head. As above. */
  features(images: tf.Tensor4D): tf.Tensor2D
  dispose(): void
}

export function openInferenceNetwork(
  architecture: Architecture,
  classes: number,
  weights: Float32Array,
): InferenceNetwork {
  const stages = stagesOf(
    describeNetwork(architecture, classes).layers,
    namedValues(architecture, classes, weights),
  )
  return {
    probabilities: (images) => tf.tidy(() => tf.softmax(run(stages, images))),
    features: (images) => tf.tidy(() => run(stages.slice(0, headless(stages)), images)),
    dispose: () => {
      for (const stage of stages) {
        if (stage.kind === 'dense') tf.dispose([stage.weights, stage.bias])
        else if (stage.kind !== 'global-average-pool') tf.dispose([stage.filter, stage.bias])
      }
    },
  }
}

function run(stages: readonly Stage[], images: tf.Tensor4D): tf.Tensor2D {
  let maps = images
  let features: tf.Tensor2D | undefined
  for (const stage of stages) {
    switch (stage.kind) {
      case 'conv':
      case 'depthwise-conv': {
        const convolve = stage.kind === 'conv' ? tf.fused.conv2d : tf.fused.depthwiseConv2d
        const { filter, bias, activation, stride } = stage
        maps = convolve({ x: maps, filter, bias, activation, strides: stride, pad: 'same' })
        break
      }
      case 'global-average-pool':
        features = tf.mean(maps, [1, 2])
        break
      case 'dense':
        features = tf.add(tf.matMul(features!, stage.weights), stage.bias)
        break
    }
  }
  return features!
}

/** How many stages there are before the head. */
function headless(stages: readonly Stage[]): number {
  return stages.findIndex(({ kind }) => kind === 'global-average-pool') + 1
}

function stagesOf(layers: readonly Layer[], valuesNamed: (name: string) => Float32Array): Stage[] {
  const stages: Stage[] = []
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!
    switch (layer.kind) {
      case 'conv':
      case 'depthwise-conv': {
        const norm = layers[i + 1]
        if (norm?.kind !== 'batch-norm') throw new Error(`${layer.name} is not followed by its normalisation`)
        const activation = layers[i + 2]?.kind === 'relu6' ? 'relu6' : 'linear'
        i += activation === 'relu6' ? 2 : 1
        const { filter, bias } = folded(layer, norm, valuesNamed)
        stages.push({ kind: layer.kind, stride: layer.stride, activation, filter, bias })
        break
      }
      case 'global-average-pool':
        stages.push({ kind: layer.kind })
        break
      case 'dense': {
        const shape: [number, number] = [layer.inputs, layer.outputs]
        const weights = tf.tensor2d(valuesNamed(tensorName.weights(layer)), shape)
        stages.push({ kind: 'dense', weights, bias: tf.tensor1d(valuesNamed(tensorName.bias(layer))) })
        break
      }
      case 'batch-norm':
      case 'relu6':
        throw new Error(`a ${layer.kind} that does not follow a convolution cannot be folded`)
    }
  }
  return stages
}

/** scale * (conv(x) - mean) / sqrt(variance + epsilon) + offset, as one convolution with a bias. */
function folded(
  layer: Convolution,
  norm: { name: string },
  valuesNamed: (name: string) => Float32Array,
): { filter: tf.Tensor4D; bias: tf.Tensor1D } {
  const filter = valuesNamed(tensorName.filter(layer))
  const scale = valuesNamed(tensorName.scale(norm))
  const offset = valuesNamed(tensorName.offset(norm))
  const mean = valuesNamed(tensorName.mean(norm))
  const variance = valuesNamed(tensorName.variance(norm))
  const channels = scale.length
  const gain = Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + NORM_EPSILON))
  // Output channels are the fastest axis of both kinds of filter: [h, w, inputs, outputs] and [h, w, channels, 1].
  for (let i = 0; i < filter.length; i++) filter[i]! *= gain[i % channels]!
  const bias = Float32Array.from(offset, (value, c) => value - mean[c]! * gain[c]!)
  const shape: [number, number, number, number] =
    layer.kind === 'conv'
      ? [layer.size, layer.size, layer.inputs, layer.outputs]
      : [layer.size, layer.size, layer.channels, 1]
  return { filter: tf.tensor4d(filter, shape), bias: tf.tensor1d(bias) }
}

/** Copies, so that folding and tensors never touch the checkpoint. */
function namedValues(
  architecture: Architecture,
  classes: number,
  weights: Float32Array,
): (name: string) => Float32Array {
  const layout = layoutOf(parameterSpecs(architecture, classes))
  if (weights.length !== layout.total) {
    throw new Error(`these are ${weights.length} weights; the network has ${layout.total}`)
  }
  const entries = new Map(layout.entries.map((entry) => [entry.spec.name, entry]))
  return (name) => {
    const entry = entries.get(name)
    if (entry === undefined) throw new Error(`the network has no tensor ${name}`)
    return valuesOf(entry, weights).slice()
  }
}
