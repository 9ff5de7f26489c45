/**
 * WebGPU, in a tab or (where the host has put the `webgpu` package's `gpu` on `navigator`) in Node. A software
 * adapter counts as no GPU: it is slower than WASM by an order of magnitude.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { OpenedBackend } from '../index.ts'
import { registerFilterGradientKernels } from './filter-gradient-kernels.ts'
import { registerNormKernels } from './norm-kernels.ts'

let registered: Promise<void> | null = null

export async function prepareWebgpu(software: 'refused' | 'allowed'): Promise<OpenedBackend | Rejection> {
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) return reject('no-gpu', 'There is no WebGPU adapter.', 'Use the wasm backend instead.')
  const name = adapterName(adapter.info)
  if (software === 'refused' && isSoftware(adapter)) {
    return reject('no-gpu', `The only WebGPU adapter (${name}) is software.`, 'Use the wasm backend instead.')
  }
  await register()
  return { backend: 'webgpu', adapter: name }
}

/** tfjs's backend, with our kernels beside its own. */
async function register(): Promise<void> {
  registered ??= (async () => {
    await import('@tensorflow/tfjs-backend-webgpu')
    // Gradients of convolutions' inputs as products in tiles, not a walk over all filters for each value.
    tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false)
    registerNormKernels()
    registerFilterGradientKernels()
  })()
  await registered
}

/** Resolves with the reason when the open device is lost: unplugged, its driver restarted, taken away by the browser. */
export async function whenDeviceLost(): Promise<string> {
  const { device } = tf.backend() as unknown as { device: { lost: Promise<{ message: string }> } }
  return (await device.lost).message
}

type AdapterInfo = {
  vendor?: string
  architecture?: string
  device?: string
  description?: string
  isFallbackAdapter?: boolean
}
type Adapter = { info?: AdapterInfo; isFallbackAdapter?: boolean }
type Gpu = { requestAdapter(options: { powerPreference: string }): Promise<Adapter | null> }

function adapterName(info: AdapterInfo | undefined): string {
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].filter((word) => word)
  return [...new Set(words)].join(' ').slice(0, 200) || 'unnamed'
}

function isSoftware(adapter: Adapter): boolean {
  if (adapter.isFallbackAdapter || adapter.info?.isFallbackAdapter) return true
  return /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(adapterName(adapter.info))
}
