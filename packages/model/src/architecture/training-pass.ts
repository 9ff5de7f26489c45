/**
 * A network's layers while training, forward and backward: normalised by the batch's own statistics (BN1). Whatever is kept for
 * the way back is disposed of on it, as soon as it has been used.
 */
import * as tf from '@tensorflow/tfjs-core'
import { dense, denseGradient, globalAveragePool, globalAveragePoolGradient } from '../ops/index.ts'
import { tensorName } from '../parameters.ts'
import type { Dense } from './layer.ts'
import { type MapStep, stepOf } from './map-step.ts'
import type { Network } from './network.ts'
import { type NamedTensors, tensorNamed } from './tensors.ts'

export type Statistics = Map<string, { tensor: tf.Tensor1D; factor: number }>

export type TrainingPass = {
  /** [batch, classes]. The caller's. */
  logits: tf.Tensor2D
  /** By the names of the running statistics they belong to. Variances are unbiased: of n values, divided by n - 1. The caller's. */
  statistics: Statistics
  /**
   * Given the gradient of the logits (which is not consumed), those of all trainable weights by their names, which are the
   * caller's. To be called once, or else `dispose`.
   */
  backward(dLogits: tf.Tensor2D): Map<string, tf.Tensor>
  dispose(): void
}

/** `images` is [batch, size, size, 3] and not consumed; the weights must live until the way back is done. */
export function trainingPass(network: Network, weights: NamedTensors, images: tf.Tensor4D): TrainingPass {
  const statistics: Statistics = new Map()
  const steps: MapStep[] = []
  let maps = images
  for (const layer of network.layers) {
    if (layer.kind === 'global-average-pool' || layer.kind === 'dense') continue
    const step = stepOf(layer, { weights, statistics }, maps, steps.length > 0)
    steps.push(step)
    maps = step.y
  }
  const head = network.layers.at(-1) as Dense
  const features = globalAveragePool(maps)
  const matrix = tensorNamed<tf.Tensor2D>(weights, tensorName.weights(head))
  const bias = tensorNamed<tf.Tensor1D>(weights, tensorName.bias(head))
  return {
    logits: tf.tidy(() => dense(features, matrix, bias)),
    statistics,
    backward(dLogits) {
      const gradients = new Map<string, tf.Tensor>()
      const ofHead = denseGradient({ x: features, weights: matrix, dy: dLogits })
      gradients.set(tensorName.weights(head), ofHead.dWeights)
      gradients.set(tensorName.bias(head), ofHead.dBias)
      let dy = globalAveragePoolGradient(ofHead.dx, maps.shape)
      tf.dispose([ofHead.dx, features])
      for (const step of steps.reverse()) dy = step.backward(dy, gradients) ?? dy
      return gradients
    },
    dispose() {
      features.dispose()
      for (const step of steps) step.dispose()
    },
  }
}
