/** Where a convolution's windows lie, from the attributes that tfjs's kernels of that name have. */
import * as tf from '@tensorflow/tfjs-core'

export type Shape4D = [number, number, number, number]
export type ConvolutionAttributes = {
  strides: number | [number, number]
  pad: 'same' | 'valid' | number
  dataFormat?: 'NHWC'
}

/** As the kernels get it: of a depthwise convolution, with one filter a channel. Throws on what none of them can do. */
export function shapeOf(
  inShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat }: ConvolutionAttributes,
  depthwise: boolean,
): tf.backend_util.Conv2DInfo {
  if (dataFormat !== undefined && dataFormat !== 'NHWC')
    throw new Error(`${dataFormat} is not supported, NHWC is`)
  if (depthwise && filterShape[3] !== 1)
    throw new Error('depthwise convolutions have one filter a channel here')
  const info = tf.backend_util.computeConv2DInfo(
    inShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    pad,
    undefined,
    depthwise,
  )
  if (info.strideHeight !== info.strideWidth) throw new Error('strides must be equal in both directions')
  return info
}
