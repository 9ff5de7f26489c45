/** A convolution, plus a bias, and an activation: one pass where nothing is normalised in between. */
import * as tf from '@tensorflow/tfjs-core'
import { maskActivation } from './activation.ts'
import {
  type ConvolutionAttributes,
  type ConvolutionGradients,
  conv2dGradients,
  depthwiseConv2dGradients,
  type Placing,
} from './convolution.ts'
import type { Activation } from './op-types.ts'

type Options = Placing & { activation: Activation }

/** x [n,h,w,ci], filter [kh,kw,ci,co], bias [co] -> [n,h/stride,w/stride,co] */
export function biasedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: Options,
): tf.Tensor4D {
  return fused(tf.FusedConv2D, { x, filter, bias }, options)
}

/** x [n,h,w,c], filter [kh,kw,c,1], bias [c] -> [n,h/stride,w/stride,c] */
export function biasedDepthwiseConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: Options,
): tf.Tensor4D {
  return fused(tf.FusedDepthwiseConv2D, { x, filter, bias }, options)
}

/** The kernel itself: while gradients are recorded, tfjs's fused ops fall apart into three. */
function fused(
  kernel: string,
  inputs: tf.NamedTensorMap,
  { stride, padding, activation }: Options,
): tf.Tensor4D {
  const attributes = {
    strides: [stride, stride],
    pad: padding,
    dataFormat: 'NHWC',
    dilations: [1, 1],
    activation,
  }
  return tf.engine().runKernel(kernel, inputs, attributes) as tf.Tensor4D
}

type Gradients = typeof conv2dGradients

function registerFused(kernelName: string, gradientsOf: Gradients): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
      const { activation, ...placing } = attributes as unknown as ConvolutionAttributes & {
        activation: Activation
      }
      const dz = maskActivation(dy as tf.Tensor, y, activation)
      const gradients: ConvolutionGradients = gradientsOf(dz, [x, filter], placing)
      return { ...gradients, bias: () => tf.sum(dz, [0, 1, 2]) }
    },
  })
}

registerFused(tf.FusedConv2D, conv2dGradients)
registerFused(tf.FusedDepthwiseConv2D, depthwiseConv2dGradients)
