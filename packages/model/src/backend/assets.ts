/** The binaries the model needs. The host decides where their bytes come from: files in Node, the site in a tab. */
export type AssetName = 'tfjs-backend-wasm-simd.wasm' | 'kernels.wasm' | 'mozjpeg_dec.wasm'
export type BackendAssets = { load(name: AssetName): Promise<Uint8Array> }
