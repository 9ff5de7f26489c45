/** The gradient of max pooling for tfjs's WASM backend, whose own is a plain loop. */
import * as tf from '@tensorflow/tfjs-core'
import { registerOn } from '../register-kernel.ts'
import { type KernelModule, pointerTo, type WasmHost } from './kernel-module.ts'

type Attributes = { filterSize: number; strides: number; pad: 'same' | 'valid' | number }

export function registerPoolingKernel(kernels: KernelModule): void {
  registerOn<WasmHost>('wasm')(tf.MaxPoolGrad, (inputs, attributes, host) => {
    const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.TensorInfo>
    const { filterSize, strides, pad } = attributes as unknown as Attributes
    const shape = input.shape as [number, number, number, number]
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad)
    const dx = host.makeOutput(shape, 'float32')
    const pointers = [input, output, dy, dx].map((tensor) => pointerTo(host, tensor))
    const { padInfo, outHeight, outWidth } = info
    kernels.maxPoolGradient(
      ...pointers,
      ...shape,
      filterSize,
      strides,
      padInfo.top,
      padInfo.left,
      outHeight,
      outWidth,
    )
    return dx
  })
}
