/**
 * Convolutions, NHWC, and their gradients. tfjs-core ships its gradient functions apart from its ops; ours call the same
 * standard kernels (Conv2DBackpropInput, ...) of whichever backend is in use, and only for the inputs somebody asks
 * for: the gradient with respect to the photos is never computed.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Padding } from './op-types.ts'

export type Placing = { stride: number; padding: Padding }

/** x [n,h,w,ci], filter [kh,kw,ci,co] -> [n,h/stride,w/stride,co]; 1x1 filters at stride 1 are matrix products. */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, { stride, padding }: Placing): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, padding)
}

/** x [n,h,w,c], filter [kh,kw,c,1] -> [n,h/stride,w/stride,c] */
export function depthwiseConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding }: Placing,
): tf.Tensor4D {
  return tf.depthwiseConv2d(x, filter, stride, padding)
}

/** What `conv2d`'s gradient functions are told: also of use to other ops that contain a convolution. */
export type ConvolutionAttributes = { strides: number | [number, number]; pad: Padding | 'valid' }
export type ConvolutionGradients = Record<'x' | 'filter', () => tf.Tensor>

export function conv2dGradients(
  dy: tf.Tensor,
  [x, filter]: tf.Tensor4D[],
  { strides, pad }: ConvolutionAttributes,
): ConvolutionGradients {
  const shared = { strides, pad, dataFormat: 'NHWC' }
  return {
    x: () => run(tf.Conv2DBackpropInput, { dy, filter: filter! }, { ...shared, inputShape: x!.shape }),
    filter: () => run(tf.Conv2DBackpropFilter, { x: x!, dy }, { ...shared, filterShape: filter!.shape }),
  }
}

export function depthwiseConv2dGradients(
  dy: tf.Tensor,
  [x, filter]: tf.Tensor4D[],
  { strides, pad }: ConvolutionAttributes,
): ConvolutionGradients {
  const shared = { strides, pad, dilations: [1, 1] }
  const ofInput = { ...shared, inputShape: x!.shape }
  const ofFilter = { ...shared, filterShape: filter!.shape }
  return {
    x: () => run(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter: filter! }, ofInput),
    filter: () => run(tf.DepthwiseConv2dNativeBackpropFilter, { x: x!, dy }, ofFilter),
  }
}

tf.registerGradient({
  kernelName: tf.Conv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) =>
    conv2dGradients(dy as tf.Tensor, saved as tf.Tensor4D[], attributes as unknown as ConvolutionAttributes),
})

tf.registerGradient({
  kernelName: tf.DepthwiseConv2dNative,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) =>
    depthwiseConv2dGradients(
      dy as tf.Tensor,
      saved as tf.Tensor4D[],
      attributes as unknown as ConvolutionAttributes,
    ),
})

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor
}
