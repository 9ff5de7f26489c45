/**
 * Convolutions with TensorFlow's `same` padding (at stride 2 the odd pixel of padding is below and right), NHWC, and
 * their gradients. tfjs-core ships its gradient functions apart from its ops; ours call the same standard kernels
 * (Conv2DBackpropInput, ...) of whichever backend is in use, and only for the inputs somebody asks for: the gradient
 * with respect to the photos is never computed.
 */
import * as tf from '@tensorflow/tfjs-core'

type Strides = number | [number, number]
type ConvolutionAttributes = { strides: Strides; pad: 'same' | 'valid' | number }

/** x [n,h,w,ci], filter [kh,kw,ci,co] -> [n,h/stride,w/stride,co]; 1x1 filters at stride 1 are matrix products. */
export function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  pad: 'same' = 'same',
): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, pad)
}

/** x [n,h,w,c], filter [kh,kw,c,1] -> [n,h/stride,w/stride,c] */
export function depthwiseConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  pad: 'same' = 'same',
): tf.Tensor4D {
  return tf.depthwiseConv2d(x, filter, stride, pad)
}

tf.registerGradient({
  kernelName: tf.Conv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
    const { strides, pad } = attributes as unknown as ConvolutionAttributes
    const shared = { strides, pad, dataFormat: 'NHWC' }
    return {
      x: () =>
        run(tf.Conv2DBackpropInput, { dy: dy as tf.Tensor, filter }, { ...shared, inputShape: x.shape }),
      filter: () =>
        run(tf.Conv2DBackpropFilter, { x, dy: dy as tf.Tensor }, { ...shared, filterShape: filter.shape }),
    }
  },
})

tf.registerGradient({
  kernelName: tf.DepthwiseConv2dNative,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
    const { strides, pad } = attributes as unknown as ConvolutionAttributes
    const shared = { strides, pad, dilations: [1, 1] }
    return {
      x: () =>
        run(
          tf.DepthwiseConv2dNativeBackpropInput,
          { dy: dy as tf.Tensor, filter },
          { ...shared, inputShape: x.shape },
        ),
      filter: () =>
        run(
          tf.DepthwiseConv2dNativeBackpropFilter,
          { x, dy: dy as tf.Tensor },
          { ...shared, filterShape: filter.shape },
        ),
    }
  },
})

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor
}
