/** The compute part in a worker thread of Node. */
import { parentPort } from 'node:worker_threads'
import { nodeAssets } from '@worldflora/model/node-assets'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { exposeCompute } from '../compute/compute-thread.ts'

if (parentPort === null) throw new Error('this file is the entry of a worker thread')

exposeCompute({ assets: nodeAssets, offerGpu }, nodeEndpoint(parentPort))

/** Through Dawn. Where it cannot be loaded, or finds no Vulkan, there is simply no adapter. */
async function offerGpu(): Promise<void> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create([])
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  } catch {
    // WASM it is then; who asked for WebGPU is told that there is none.
  }
}
