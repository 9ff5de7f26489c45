/**
 * Convolutions, NHWC, and the gradients of their two arguments, each on its own: the gradient with respect to the photos
 * is never computed. tfjs's standard kernels (Conv2DBackpropInput, ...) of whichever backend is in use.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Padding } from './op-types.ts'

/** `conv`: filter [kh,kw,ci,co]. `depthwise-conv`: filter [kh,kw,c,1], one for each channel. */
export type Convolving = { kind: 'conv' | 'depthwise-conv'; stride: number; padding: Padding }

/** x [n,h,w,ci] -> [n,h/stride,w/stride,co]; 1x1 filters at stride 1 are matrix products. */
export function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, convolving: Convolving): tf.Tensor4D {
  const kernel = convolving.kind === 'conv' ? tf.Conv2D : tf.DepthwiseConv2dNative
  return run(kernel, { x, filter }, { ...attributesOf(convolving), dilations: [1, 1] })
}

/** Of x [shape], given that of the result. */
export function convolutionInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  shape: tf.Tensor4D['shape'],
  convolving: Convolving,
): tf.Tensor4D {
  const kernel = convolving.kind === 'conv' ? tf.Conv2DBackpropInput : tf.DepthwiseConv2dNativeBackpropInput
  return run(kernel, { dy, filter }, { ...attributesOf(convolving), inputShape: shape })
}

/** Of the filter [shape], given that of the result. */
export function convolutionFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  shape: tf.Tensor4D['shape'],
  convolving: Convolving,
): tf.Tensor4D {
  const kernel = convolving.kind === 'conv' ? tf.Conv2DBackpropFilter : tf.DepthwiseConv2dNativeBackpropFilter
  return run(kernel, { x, dy }, { ...attributesOf(convolving), filterShape: shape })
}

/** A convolution, plus a bias [co], and an activation: one pass. */
export function convolveBiased(
  { x, filter, bias }: { x: tf.Tensor4D; filter: tf.Tensor4D; bias: tf.Tensor1D },
  { kind, stride, padding }: Convolving,
  activation: 'linear' | 'relu' | 'relu6',
): tf.Tensor4D {
  const fused = kind === 'conv' ? tf.fused.conv2d : tf.fused.depthwiseConv2d
  return fused({ x, filter, bias, strides: stride, pad: padding, activation })
}

function attributesOf({ kind, stride, padding }: Convolving): object {
  const shared = { strides: [stride, stride], pad: padding, dataFormat: 'NHWC' }
  return kind === 'conv' ? shared : { ...shared, dilations: [1, 1] }
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor4D {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor4D
}
