/** The binaries that tabs load from /assets: tfjs's WASM backend, our gradient kernels, the JPEG decoder. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const { resolve } = createRequire(import.meta.url)

const ASSETS = {
  'tfjs-backend-wasm-simd.wasm': () =>
    resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
  'kernels.wasm': () =>
    fileURLToPath(new URL('../../../packages/model/assembly/kernels.wasm', import.meta.url)),
  'mozjpeg_dec.wasm': () => resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
}

/** @param {string} web the folder of apps/web */
export function copyAssets(web) {
  const folder = `${web}public/assets`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, locate] of Object.entries(ASSETS)) {
    const source = locate()
    if (!existsSync(source)) throw new Error(`${source} is missing: run npm ci, which compiles it.`)
    copyFileSync(source, `${folder}/${name}`)
  }
}
