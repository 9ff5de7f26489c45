/** Random numbers by the kernels of the WASM backend, several times as fast as JavaScript makes the same ones. */
import * as tf from '@tensorflow/tfjs-core'
import type { MakeBlocks } from '@worldflora/protocol/random'
import { type KernelModule, pointerTo, type WasmHost } from './wasm/kernel-module.ts'

const BLOCKS_AT_ONCE = 4

let kernels: KernelModule | null = null

export function offerRandomBlocks(module: KernelModule): void {
  kernels = module
}

/** Where another backend is open, nobody has anything faster to offer than `RandomStream` itself. */
export function randomBlocks(): MakeBlocks | undefined {
  return kernels !== null && tf.getBackend() === 'wasm'
    ? makerOf(kernels, tf.backend() as WasmHost)
    : undefined
}

function makerOf({ threefryBlocks }: KernelModule, backend: WasmHost): MakeBlocks {
  return ({ key0, key1, block, high }, words) => {
    const count = Math.ceil(words.length / 2 / BLOCKS_AT_ONCE) * BLOCKS_AT_ONCE
    const scratch = backend.makeOutput([count * 2], 'int32')
    const pointer = pointerTo(backend, scratch)
    threefryBlocks(key0, key1, block, high, count, pointer)
    words.set(new Uint32Array(backend.wasm.asm.memory.buffer, pointer, words.length))
    backend.disposeData(scratch.dataId)
  }
}
