/** Opens one of tfjs's backends and makes it the current one. Which one to open is the worker's choice. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendName } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BackendAssets } from './assets.ts'

export type { AssetName, BackendAssets } from './assets.ts'
export { randomBlocks } from './random-blocks.ts'
export { whenDeviceLost } from './webgpu/index.ts'
export type OpenedBackend = { backend: BackendName; adapter?: string }

export type BackendOptions = {
  /** Whether webgpu may run on a software adapter (SwiftShader and its like). Default: refused, as no GPU at all. */
  softwareAdapter?: 'refused' | 'allowed'
}

/** A backend's code is imported only when it is opened. Opening it again is free. */
export async function openBackend(
  name: BackendName,
  assets: BackendAssets,
  { softwareAdapter = 'refused' }: BackendOptions = {},
): Promise<OpenedBackend | Rejection> {
  const prepared = await prepare(name, assets, softwareAdapter)
  if (isRejection(prepared)) return prepared
  if (!(await tf.setBackend(name))) {
    return reject(
      'backend-failed',
      `The ${name} backend did not start.`,
      'Choose another backend, or another browser.',
    )
  }
  await tf.ready()
  return prepared
}

async function prepare(
  name: BackendName,
  assets: BackendAssets,
  softwareAdapter: 'refused' | 'allowed',
): Promise<OpenedBackend | Rejection> {
  switch (name) {
    case 'wasm':
      return (await import('./wasm/index.ts')).prepareWasm(assets)
    case 'webgpu':
      return (await import('./webgpu/index.ts')).prepareWebgpu(softwareAdapter)
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu')
      return { backend: 'cpu' }
  }
}
