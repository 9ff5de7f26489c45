/** The module built from `assembly/`, working inside the memory of tfjs's WASM backend. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { TensorInfo } from '@tensorflow/tfjs-core'

/** Arguments are pointers and counts, in the order of the functions in `assembly/`. */
type Kernel = (...numbers: number[]) => void
export type KernelModule = Record<KernelName, Kernel>

const KERNEL_NAMES = [
  'multiplyTransposed',
  'packTransposed',
  'multiplyPacked',
  'gatherPatches',
  'scatterPatches',
  'depthwiseFilterGradient',
  'depthwiseInputGradient',
  'channelMoments',
  'channelSums',
  'normalise',
  'normaliseParameterGradient',
  'normaliseInputGradient',
  'activationGradient',
  'maxPoolGradient',
  'threefryBlocks',
] as const
type KernelName = (typeof KERNEL_NAMES)[number]

/** The backend's parts that kernels need; its memory is not in the published types. */
export type WasmHost = BackendWasm & {
  wasm: { asm: { memory: WebAssembly.Memory }; HEAPU8: Uint8Array }
}

export async function instantiateKernels(
  bytes: Uint8Array,
  memory: WebAssembly.Memory,
): Promise<KernelModule> {
  const { instance } = await WebAssembly.instantiate(bytes as BufferSource, { env: { memory } })
  const missing = KERNEL_NAMES.filter((name) => typeof instance.exports[name] !== 'function')
  if (missing.length > 0) throw new Error(`kernels.wasm lacks ${missing.join(', ')}: build it again`)
  return instance.exports as KernelModule
}

/** Where a tensor's values lie. Stays true until the tensor is disposed of, also when the memory grows. */
export function pointerTo(backend: WasmHost, tensor: TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId as Parameters<BackendWasm['getMemoryOffset']>[0])
}

/** A tensor for the time of `use`. */
export function withScratch(backend: WasmHost, length: number, use: (pointer: number) => void): void {
  const scratch = backend.makeOutput([length], 'float32')
  use(pointerTo(backend, scratch))
  backend.disposeData(scratch.dataId)
}

/** A tensor of zeros. (Asks for the memory's view afresh: an allocation may have replaced it.) */
export function zeros(backend: WasmHost, shape: number[]): TensorInfo {
  const output = backend.makeOutput(shape, 'float32')
  const start = pointerTo(backend, output)
  const bytes = 4 * shape.reduce((product, extent) => product * extent, 1)
  backend.wasm.HEAPU8.fill(0, start, start + bytes)
  return output
}
