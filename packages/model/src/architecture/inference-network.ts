/**
 * A network for inference: each normalisation with its running statistics is folded into the convolution before it, so
 * that a layer is one operation (convolution, bias, activation) that every backend has.
 */
import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { activate } from '../ops/activation.ts'
import { parameterSpecs, tensorName } from '../parameters.ts'
import { foldedConvolution, type ValuesNamed } from './folding.ts'
import type { Activation, Convolution, Padding } from './layer.ts'
import { describeNetwork, type Layer } from './network.ts'

type ConvolutionStage = {
  kind: 'conv' | 'depthwise-conv'
  stride: number
  padding: Padding
  activation: Activation
  filter: tf.Tensor4D
  bias: tf.Tensor1D
}
type Stage =
  | ConvolutionStage
  | { kind: 'residual'; branch: ConvolutionStage[]; shortcut: ConvolutionStage[]; activation: Activation }
  | Extract<Layer, { kind: 'max-pool' | 'global-average-pool' }>
  | { kind: 'dense'; weights: tf.Tensor2D; bias: tf.Tensor1D }

export type InferenceNetwork = {
  /** `images` [batch, size, size, 3] to probabilities [batch, classes]. Does not consume its argument; the caller owns the result. */
  probabilities(images: tf.Tensor4D): tf.Tensor2D
  /** [batch, features]: what goes into the head. As above. */
  features(images: tf.Tensor4D): tf.Tensor2D
  /** Both in one pass: what goes into the head, and what comes out of it. As above. */
  looks(images: tf.Tensor4D): { features: tf.Tensor2D; logits: tf.Tensor2D }
  dispose(): void
}

export function openInferenceNetwork(
  architecture: Architecture,
  classes: number,
  weights: Float32Array,
): InferenceNetwork {
  const values = namedValues(architecture, classes, weights)
  const stages = describeNetwork(architecture, classes).layers.map((layer) => stageOf(layer, values))
  const body = stages.slice(0, headless(stages))
  const head = stages.slice(headless(stages))
  return {
    probabilities: (images) => tf.tidy(() => tf.softmax(run(stages, images))),
    features: (images) => tf.tidy(() => run(body, images)),
    looks: (images) =>
      tf.tidy(() => {
        const features = run(body, images)
        return { features, logits: head.reduce(through, features) }
      }),
    dispose: () => stages.forEach(disposeOf),
  }
}

function run(stages: readonly Stage[], images: tf.Tensor4D): tf.Tensor2D {
  let maps = images
  let features: tf.Tensor2D | undefined
  for (const stage of stages) {
    switch (stage.kind) {
      case 'conv':
      case 'depthwise-conv':
        maps = convolved(maps, stage)
        break
      case 'residual':
        maps = activate(
          tf.add(stage.branch.reduce(convolved, maps), stage.shortcut.reduce(convolved, maps)),
          stage.activation,
        )
        break
      case 'max-pool':
        maps = tf.maxPool(maps, stage.size, stage.stride, stage.padding)
        break
      case 'global-average-pool':
        features = tf.mean(maps, [1, 2])
        break
      case 'dense':
        features = through(features!, stage)
        break
    }
  }
  return features!
}

/** After the pooling there are dense layers alone. */
function through(features: tf.Tensor2D, stage: Stage): tf.Tensor2D {
  if (stage.kind !== 'dense') throw new Error(`a layer ${stage.kind} after the pooling`)
  return tf.add(tf.matMul(features, stage.weights), stage.bias)
}

function convolved(x: tf.Tensor4D, stage: ConvolutionStage): tf.Tensor4D {
  const convolve = stage.kind === 'conv' ? tf.fused.conv2d : tf.fused.depthwiseConv2d
  const { filter, bias, activation, stride, padding } = stage
  return convolve({ x, filter, bias, activation, strides: stride, pad: padding })
}

/** How many stages there are before the head. */
function headless(stages: readonly Stage[]): number {
  return stages.findIndex(({ kind }) => kind === 'global-average-pool') + 1
}

function stageOf(layer: Layer, valuesNamed: ValuesNamed): Stage {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv':
      return convolutionStage(layer, valuesNamed)
    case 'residual': {
      const { kind, branch, shortcut, activation } = layer
      const stages = (layers: readonly Convolution[]) =>
        layers.map((each) => convolutionStage(each, valuesNamed))
      return { kind, branch: stages(branch), shortcut: stages(shortcut), activation }
    }
    case 'max-pool':
    case 'global-average-pool':
      return layer
    case 'dense': {
      const shape: [number, number] = [layer.inputs, layer.outputs]
      const weights = tf.tensor2d(valuesNamed(tensorName.weights(layer)), shape)
      return { kind: 'dense', weights, bias: tf.tensor1d(valuesNamed(tensorName.bias(layer))) }
    }
  }
}

function convolutionStage(layer: Convolution, valuesNamed: ValuesNamed): ConvolutionStage {
  const { kind, stride, padding, activation, size, inputs, outputs } = layer
  const { filter, bias } = foldedConvolution(layer, valuesNamed)
  const shape: [number, number, number, number] =
    kind === 'conv' ? [size, size, inputs, outputs] : [size, size, inputs, 1]
  return { kind, stride, padding, activation, filter: tf.tensor4d(filter, shape), bias: tf.tensor1d(bias) }
}

function disposeOf(stage: Stage): void {
  switch (stage.kind) {
    case 'conv':
    case 'depthwise-conv':
      tf.dispose([stage.filter, stage.bias])
      break
    case 'residual':
      for (const each of [...stage.branch, ...stage.shortcut]) disposeOf(each)
      break
    case 'dense':
      tf.dispose([stage.weights, stage.bias])
      break
  }
}

/** Copies, so that folding and tensors never touch the checkpoint. */
function namedValues(architecture: Architecture, classes: number, weights: Float32Array): ValuesNamed {
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
