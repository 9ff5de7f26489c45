/** A convolution with its normalisation or its bias, and its activation, as a step of a training pass. */
import * as tf from '@tensorflow/tfjs-core'
import {
  activationGradient,
  biasGradient,
  channelMoments,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  convolveBiased,
  normalise,
  normaliseGradient,
} from '../ops/index.ts'
import { tensorName } from '../parameters.ts'
import type { Convolution, Norm } from './layer.ts'
import type { MapStep, StepContext } from './map-step.ts'
import { tensorNamed } from './tensors.ts'
import type { Statistics } from './training-pass.ts'

/** What comes after the convolution: goes back to the gradient of the convolution's output. */
type Rest = Omit<MapStep, 'backward'> & {
  backward(...args: Parameters<MapStep['backward']>): tf.Tensor4D
}

/** As `stepOf`. */
export function convolutionStep(
  layer: Convolution,
  context: StepContext,
  x: tf.Tensor4D,
  wanted: boolean,
): MapStep {
  const filter = tensorNamed<tf.Tensor4D>(context.weights, tensorName.filter(layer))
  const { norm } = layer
  const { y, backward, dispose } =
    norm === null
      ? biased({ layer, filter }, context, x)
      : normalised({ ...layer, norm }, convolve(x, filter, layer), context)
  return {
    y,
    backward(dy, gradients) {
      const dLinear = backward(dy, gradients)
      gradients.set(tensorName.filter(layer), convolutionFilterGradient(x, dLinear, filter.shape, layer))
      const dx = wanted ? convolutionInputGradient(dLinear, filter, x.shape, layer) : null
      dLinear.dispose()
      return dx
    },
    dispose,
  }
}

function biased(
  { layer, filter }: { layer: Convolution; filter: tf.Tensor4D },
  { weights }: StepContext,
  x: tf.Tensor4D,
): Rest {
  const { activation } = layer
  const name = tensorName.bias(layer)
  const y = convolveBiased({ x, filter, bias: tensorNamed(weights, name) }, layer, activation)
  return {
    y,
    backward(dy, gradients) {
      const dz = activation === 'linear' ? dy : activationGradient(dy, y, activation)
      if (dz !== dy) dy.dispose()
      y.dispose()
      gradients.set(name, biasGradient(dz))
      return dz
    },
    dispose: () => y.dispose(),
  }
}

/** Consumes `linear`, the convolution's output, on the way back. */
function normalised(
  { norm, activation }: Convolution & { norm: Norm },
  linear: tf.Tensor4D,
  { weights, statistics }: StepContext,
): Rest {
  const scale = tensorNamed<tf.Tensor1D>(weights, tensorName.scale(norm))
  const offset = tensorNamed<tf.Tensor1D>(weights, tensorName.offset(norm))
  const options = { epsilon: norm.epsilon, activation }
  const moments = channelMoments(linear)
  const kept = { x: linear, scale, offset, ...moments }
  const y = normalise(kept, options) as tf.Tensor4D
  tell(statistics, norm, moments, linear.size / scale.size)
  return {
    y,
    backward(dy, gradients) {
      y.dispose()
      const { dx, dScale, dOffset } = normaliseGradient({ ...kept, dy }, options)
      tf.dispose([dy, linear])
      gradients.set(tensorName.scale(norm), dScale)
      gradients.set(tensorName.offset(norm), dOffset)
      return dx as tf.Tensor4D
    },
    dispose: () => tf.dispose([y, linear]),
  }
}

/** The moments are the statistics' own tensors: they stay, for the way back and for the caller. */
function tell(
  statistics: Statistics,
  norm: Norm,
  { mean, variance }: { mean: tf.Tensor1D; variance: tf.Tensor1D },
  count: number,
): void {
  statistics.set(tensorName.mean(norm), { tensor: mean, factor: 1 })
  // One value has no spread to estimate; its variance of 0 is passed on as it is.
  const factor = count > 1 ? count / (count - 1) : 1
  statistics.set(tensorName.variance(norm), { tensor: variance, factor })
}
