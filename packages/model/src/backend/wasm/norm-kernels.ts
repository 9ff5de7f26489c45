/** Batch normalisation and activations' gradients for tfjs's WASM backend: few passes instead of a dozen elementwise ops. */
import * as tf from '@tensorflow/tfjs-core'
import type { Activation } from '../../ops/op-types.ts'
import { extentOf } from '../channel-extent.ts'
import {
  ACTIVATION_GRADIENT,
  CHANNEL_MOMENTS,
  CHANNEL_SUMS,
  NORMALISE,
  NORMALISE_GRADIENT,
} from '../kernel-names.ts'
import { registerOn } from '../register-kernel.ts'
import { type KernelModule, pointerTo, type WasmHost } from './kernel-module.ts'

type NormAttributes = { epsilon: number; activation: Activation }

const register = registerOn<WasmHost>('wasm')

export function registerNormKernels(kernels: KernelModule): void {
  register(CHANNEL_MOMENTS, ({ x }, _, backend) => {
    const { rows, channels } = extentOf(x!)
    const outputs = [backend.makeOutput([channels], 'float32'), backend.makeOutput([channels], 'float32')]
    kernels.channelMoments(...pointersTo(backend, [x!, ...outputs]), rows, channels)
    return outputs
  })

  register(CHANNEL_SUMS, ({ x }, _, backend) => {
    const { rows, channels } = extentOf(x!)
    const sums = backend.makeOutput([channels], 'float32')
    kernels.channelSums(...pointersTo(backend, [x!, sums]), rows, channels)
    return sums
  })

  register(NORMALISE, ({ x, mean, variance, scale, offset }, attributes, backend) => {
    const { rows, channels } = extentOf(x!)
    const { epsilon, activation } = attributes as unknown as NormAttributes
    const y = backend.makeOutput(x!.shape, 'float32')
    const pointers = pointersTo(backend, [x!, y, mean!, variance!, scale!, offset!])
    kernels.normalise(...pointers, rows, channels, epsilon, ...boundsOf(activation))
    return y
  })

  register(NORMALISE_GRADIENT, ({ x, dy, mean, variance, scale, offset }, attributes, backend) => {
    const { rows, channels } = extentOf(x!)
    const { epsilon, activation } = attributes as unknown as NormAttributes
    const dx = backend.makeOutput(x!.shape, 'float32')
    const dScale = backend.makeOutput([channels], 'float32')
    const dOffset = backend.makeOutput([channels], 'float32')
    const [from, gradient, ...statistics] = pointersTo(backend, [x!, dy!, mean!, variance!, scale!])
    const outputs = pointersTo(backend, [dScale, dOffset, dx])
    const numbers = [rows, channels, epsilon]
    const shift = pointerTo(backend, offset!)
    const bounds = boundsOf(activation)
    kernels.normaliseParameterGradient(
      from!,
      gradient!,
      ...statistics,
      shift,
      ...outputs,
      ...numbers,
      ...bounds,
    )
    const passed = activation === 'linear' ? gradient! : outputs.at(-1)!
    kernels.normaliseInputGradient(from!, passed, ...statistics, ...outputs, ...numbers)
    return [dx, dScale, dOffset]
  })

  register(ACTIVATION_GRADIENT, ({ dy, y }, attributes, backend) => {
    const { activation } = attributes as unknown as { activation: Activation }
    const dx = backend.makeOutput(y!.shape, 'float32')
    const pointers = pointersTo(backend, [dy!, y!, dx])
    kernels.activationGradient(...pointers, tf.util.sizeFromShape(y!.shape), ...boundsOf(activation))
    return dx
  })
}

/** Between which a value passes through. */
function boundsOf(activation: Activation): [low: number, high: number] {
  switch (activation) {
    case 'linear':
      return [-Infinity, Infinity]
    case 'relu':
      return [0, Infinity]
    case 'relu6':
      return [0, 6]
  }
}

function pointersTo(backend: WasmHost, tensors: tf.TensorInfo[]): number[] {
  return tensors.map((tensor) => pointerTo(backend, tensor))
}
