/** Assets from this checkout's files, for Node. The pages' build copies the same files for tabs (apps/web/build/assets.mjs). */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { AssetName, BackendAssets } from './assets.ts'

export const ASSET_NAMES: readonly AssetName[] = [
  'tfjs-backend-wasm-simd.wasm',
  'kernels.wasm',
  'mozjpeg_dec.wasm',
]

function assetPath(name: AssetName): string {
  const { resolve } = createRequire(import.meta.url)
  switch (name) {
    case 'tfjs-backend-wasm-simd.wasm':
      return resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
    case 'kernels.wasm':
      return fileURLToPath(new URL('../../assembly/kernels.wasm', import.meta.url))
    case 'mozjpeg_dec.wasm':
      return resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')
  }
}

export const nodeAssets: BackendAssets = {
  load: async (name) => new Uint8Array(await readFile(assetPath(name))),
}
