/**
 * Gradients of convolutions for tfjs's WASM backend, which has none that are of use: a 1x1 convolution is one matrix
 * product; others go image by image through a table of patches, which then stays in the cache.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes as Attributes, type Shape4D, shapeOf } from '../convolution-shape.ts'
import { registerOn } from '../register-kernel.ts'
import { type KernelModule, pointerTo, type WasmHost, withScratch, zeros } from './kernel-module.ts'

type Conv2DInfo = tf.backend_util.Conv2DInfo

/** As in `assembly/matrix-product.ts`. */
const ROWS_PER_PARTIAL_SUM = 256

const register = registerOn<WasmHost>('wasm')

export function registerConvolutionKernels(kernels: KernelModule): void {
  register(tf.Conv2DBackpropFilter, ({ x, dy }, attributes, backend) => {
    const { filterShape } = attributes as unknown as { filterShape: Shape4D }
    const info = shapeOf(x!.shape, filterShape, attributes as unknown as Attributes, false)
    const filter = zeros(backend, filterShape)
    const columns = info.filterHeight * info.filterWidth * info.inChannels
    const from = pointerTo(backend, x!)
    const gradient = pointerTo(backend, dy!)
    const to = pointerTo(backend, filter)
    const pixels = info.outHeight * info.outWidth
    withScratch(backend, ROWS_PER_PARTIAL_SUM * (4 + info.outChannels), (panels) => {
      const shape = [columns, info.outChannels, panels]
      if (isMatrixProduct(info)) {
        kernels.multiplyTransposed(from, gradient, to, info.batchSize * pixels, ...shape)
        return
      }
      withScratch(backend, pixels * columns, (patches) => {
        for (let image = 0; image < info.batchSize; image++) {
          kernels.gatherPatches(from + image * inputBytes(info), patches, ...geometry(info))
          kernels.multiplyTransposed(patches, gradient + image * outputBytes(info), to, pixels, ...shape)
        }
      })
    })
    return filter
  })

  register(tf.Conv2DBackpropInput, ({ dy, filter }, attributes, backend) => {
    const { inputShape } = attributes as unknown as { inputShape: Shape4D }
    const info = shapeOf(inputShape, filter!.shape, attributes as unknown as Attributes, false)
    const dx = isMatrixProduct(info) ? backend.makeOutput(inputShape, 'float32') : zeros(backend, inputShape)
    const columns = info.filterHeight * info.filterWidth * info.inChannels
    const gradient = pointerTo(backend, dy!)
    const to = pointerTo(backend, dx)
    const pixels = info.outHeight * info.outWidth
    withScratch(backend, Math.ceil(columns / 8) * 8 * info.outChannels, (packed) => {
      kernels.packTransposed(pointerTo(backend, filter!), packed, columns, info.outChannels)
      if (isMatrixProduct(info)) {
        kernels.multiplyPacked(gradient, packed, to, info.batchSize * pixels, info.outChannels, columns)
        return
      }
      withScratch(backend, pixels * columns, (patches) => {
        for (let image = 0; image < info.batchSize; image++) {
          const of = gradient + image * outputBytes(info)
          kernels.multiplyPacked(of, packed, patches, pixels, info.outChannels, columns)
          kernels.scatterPatches(patches, to + image * inputBytes(info), ...geometry(info))
        }
      })
    })
    return dx
  })

  register(tf.DepthwiseConv2dNativeBackpropFilter, ({ x, dy }, attributes, backend) => {
    const { filterShape } = attributes as unknown as { filterShape: Shape4D }
    const info = shapeOf(x!.shape, filterShape, attributes as unknown as Attributes, true)
    const filter = backend.makeOutput(filterShape, 'float32')
    const pointers = [x!, dy!, filter].map((tensor) => pointerTo(backend, tensor))
    kernels.depthwiseFilterGradient(...pointers, info.batchSize, ...geometry(info))
    return filter
  })

  register(tf.DepthwiseConv2dNativeBackpropInput, ({ dy, filter }, attributes, backend) => {
    const { inputShape } = attributes as unknown as { inputShape: Shape4D }
    const info = shapeOf(inputShape, filter!.shape, attributes as unknown as Attributes, true)
    const dx = backend.makeOutput(inputShape, 'float32')
    const pointers = [dy!, filter!, dx].map((tensor) => pointerTo(backend, tensor))
    kernels.depthwiseInputGradient(...pointers, info.batchSize, ...geometry(info))
    return dx
  })
}

function isMatrixProduct(info: Conv2DInfo): boolean {
  return (
    info.filterHeight === 1 &&
    info.filterWidth === 1 &&
    info.strideHeight === 1 &&
    info.padInfo.type !== 'NUMBER'
  )
}

/** From `height` to `outWidth`, in the order of every kernel that walks over an image. */
function geometry(info: Conv2DInfo): number[] {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth, strideHeight, padInfo } = info
  return [
    inHeight,
    inWidth,
    inChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    padInfo.top,
    padInfo.left,
    info.outHeight,
    info.outWidth,
  ]
}

function inputBytes(info: Conv2DInfo): number {
  return 4 * info.inHeight * info.inWidth * info.inChannels
}

function outputBytes(info: Conv2DInfo): number {
  return 4 * info.outHeight * info.outWidth * info.outChannels
}
