/**
 * tfjs's single-threaded SIMD build, the deterministic class (SD2), with our gradient kernels beside its own. The
 * threaded build hangs under a strict CSP, and the build without SIMD rounds differently: neither is ever used.
 */
import * as tf from '@tensorflow/tfjs-core'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { AssetName, BackendAssets } from '../assets.ts'
import type { OpenedBackend } from '../index.ts'
import { offerRandomBlocks } from '../random-blocks.ts'
import { registerConvolutionKernels } from './convolution-kernels.ts'
import { registerIdentityKernel } from './identity-kernel.ts'
import { instantiateKernels, type WasmHost } from './kernel-module.ts'
import { registerNormKernels } from './norm-kernels.ts'
import { registerPoolingKernel } from './pooling-kernel.ts'

let prepared: Promise<OpenedBackend | Rejection> | null = null

/** Once in a process or tab; after a failure it may be tried again. */
export async function prepareWasm(assets: BackendAssets): Promise<OpenedBackend | Rejection> {
  prepared ??= start(assets)
  const outcome = await prepared.catch((error: unknown) =>
    reject(
      'backend-failed',
      `The wasm backend did not start: ${error}`,
      'Reload the page; in Node, start again.',
    ),
  )
  if (isRejection(outcome)) prepared = null
  return outcome
}

async function start(assets: BackendAssets): Promise<OpenedBackend | Rejection> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    return reject(
      'no-simd',
      'This engine has no WebAssembly SIMD.',
      'Update the browser, or use another one.',
    )
  }
  const binary = await loadValid('tfjs-backend-wasm-simd.wasm', assets)
  if (isRejection(binary)) return binary
  const kernels = await loadValid('kernels.wasm', assets)
  if (isRejection(kernels)) return kernels
  await withFetchOf(binary, async () => {
    setWasmPaths('', true)
    await tf.setBackend('wasm')
  })
  const backend = tf.backend() as WasmHost
  const module = await instantiateKernels(kernels, backend.wasm.asm.memory)
  registerConvolutionKernels(module)
  registerNormKernels(module)
  registerPoolingKernel(module)
  registerIdentityKernel()
  offerRandomBlocks(module)
  return { backend: 'wasm' }
}

/** Bytes that are no WebAssembly must be found here: tfjs would wait for such a binary for ever. */
async function loadValid(name: AssetName, assets: BackendAssets): Promise<Uint8Array | Rejection> {
  const bytes = await assets.load(name)
  if (WebAssembly.validate(bytes as BufferSource)) return bytes
  return reject(
    'bad-binary',
    `${name} is not a valid WebAssembly binary.`,
    'Reload the page; in Node, run npm ci.',
  )
}

/** tfjs fetches its binary by itself; while it starts, its platform's fetch answers with the bytes we have. */
async function withFetchOf(binary: Uint8Array, start: () => Promise<void>): Promise<void> {
  const { platform } = tf.env()
  const { fetch } = platform
  platform.fetch = async () =>
    new Response(binary as BodyInit, { headers: { 'content-type': 'application/wasm' } })
  try {
    await start()
  } finally {
    platform.fetch = fetch
  }
}
