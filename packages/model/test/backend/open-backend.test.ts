import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { isRejection } from '@worldflora/protocol/rejection'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BackendAssets, openBackend } from '../../src/backend/index.ts'
import { ASSET_NAMES, nodeAssets } from '../../src/backend/node-assets.ts'

describe('opening a backend', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('refuses assets that cannot be loaded or are no binaries, and starts with the right ones after that', async () => {
    const absent: BackendAssets = { load: () => Promise.reject(new Error('offline')) }
    expect(await openBackend('wasm', absent)).toMatchObject({ kind: 'rejection', code: 'backend-failed' })
    const broken: BackendAssets = { load: async () => new TextEncoder().encode('<html>404</html>') }
    expect(await openBackend('wasm', broken)).toMatchObject({ kind: 'rejection', code: 'bad-binary' })
    expect(await openBackend('wasm', nodeAssets)).toEqual({ backend: 'wasm' })
    expect(tf.getBackend()).toBe('wasm')
  })

  it('goes from one backend to another and back', async () => {
    for (const name of ['cpu', 'wasm', 'cpu', 'wasm'] as const) {
      expect(await openBackend(name, nodeAssets)).toEqual({ backend: name })
      expect(tf.getBackend()).toBe(name)
    }
  })

  it('takes a software adapter for no GPU', async () => {
    vi.stubGlobal('navigator', gpuOf({ vendor: 'google', architecture: 'swiftshader' }))
    expect(await openBackend('webgpu', nodeAssets)).toMatchObject({ kind: 'rejection', code: 'no-gpu' })
  })

  it('rejects webgpu where there is none, naming the way out', async () => {
    vi.stubGlobal('navigator', {})
    const outcome = await openBackend('webgpu', nodeAssets)
    expect(isRejection(outcome) && outcome.action).toBe('Use the wasm backend instead.')
  })

  it('works in a worker thread', async () => {
    const thread = new URL('./opening-thread.mjs', import.meta.url)
    const worker = new Worker(thread)
    const outcome = await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    })
    await worker.terminate()
    expect(outcome).toEqual({ backend: 'wasm' })
  })

  it.each(ASSET_NAMES)('finds %s in this checkout', async (name) => {
    expect(WebAssembly.validate((await nodeAssets.load(name)) as BufferSource)).toBe(true)
  })
})

function gpuOf(info: { vendor: string; architecture: string }): object {
  return { gpu: { requestAdapter: async () => ({ info }) } }
}
