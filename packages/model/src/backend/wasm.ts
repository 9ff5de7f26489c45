/**
 * tfjs's single-threaded SIMD build, the deterministic class (SD2). The threaded build hangs under a strict CSP, and
 * the build without SIMD rounds differently, so neither is ever used.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BackendAssets } from './assets.ts'
import type { OpenedBackend } from './index.ts'

export async function prepareWasm(assets: BackendAssets): Promise<OpenedBackend | Rejection> {
  if (tf.findBackend('wasm') !== null) return { backend: 'wasm' }
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    return reject(
      'no-simd',
      'This engine has no WebAssembly SIMD.',
      'Update the browser, or use another one.',
    )
  }
  const binary = await assets.load('tfjs-backend-wasm-simd.wasm')
  // A broken binary must fail here: tfjs would wait for it for ever.
  if (!WebAssembly.validate(binary as BufferSource)) {
    return reject('bad-binary', "tfjs's WASM binary is not valid.", 'Reload the page; in Node, reinstall.')
  }
  await withFetchOf(binary, async () => {
    setWasmPaths('', true)
    await tf.setBackend('wasm')
  })
  return { backend: 'wasm' }
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
