/** assembly/reduction.ts, compiled, at work in memory that is given. */
import { readFileSync } from 'node:fs'

export type Kernels = {
  /** assembly/partial-sum.ts */
  addSegment(
    sum: number,
    table: number,
    count: number,
    list: number,
    values: number,
    blockValues: number,
  ): void
  faultOfSegment(
    bytes: number,
    size: number,
    values: number,
    blockValues: number,
    coding: number,
    limit: bigint,
  ): number
  takeMean(sum: number, mean: number, length: number, unit: number, samples: number): void
}

export const TABLE_ENTRY_BYTES = 16
/** Bytes that a kernel needs for each contribution that it adds at once: its entry, and four times as much for the kernel. */
export const TABLE_BYTES = 5 * TABLE_ENTRY_BYTES
/** For the kernel's notes on a block: two bytes a value, and some. */
export const LIST_BYTES = 4096

let compiled: WebAssembly.Module | null = null

/** `memory` is shared, and of a fixed size. */
export function kernelsIn(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('../../assembly/reduction.wasm', import.meta.url)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernels
}
