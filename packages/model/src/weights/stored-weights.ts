/** Tensors as a file has them, whatever its format: found by their names, read one by one. */
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { ByteSource } from './byte-source.ts'
import { type Decoding, decodeValues } from './value-decoding.ts'

export type StoredTensor = {
  name: string
  shape: readonly number[]
  /** A copy in single precision, which the caller owns. */
  read(): Promise<Float32Array | Rejection>
}

export type StoredWeights = {
  tensors: ReadonlyMap<string, StoredTensor>
  /** What the file says beside its tensors. */
  metadata: Readonly<Record<string, string>>
}

/** More than any network has, few enough to be listed. */
export const MOST_TENSORS = 100_000
const MOST_DIMENSIONS = 8

export function isShape(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_DIMENSIONS &&
    value.every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
    Number.isSafeInteger(sizeOf(value))
  )
}

export function storedTensor(
  source: ByteSource,
  place: { name: string; shape: readonly number[]; start: number; end: number },
  decoding: Decoding | { unsupported: string },
): StoredTensor {
  const { name, shape, start, end } = place
  return {
    name,
    shape,
    async read() {
      if ('unsupported' in decoding) return unsupported(name, decoding.unsupported)
      return decodeValues(await source.read(start, end), decoding)
    },
  }
}

function unsupported(name: string, dtype: string): Rejection {
  return reject(
    'unsupported-dtype',
    `The tensor ${name} is ${dtype}, which cannot be read here.`,
    'Store it as float32 (float16, bfloat16 in safetensors, and quantised float32 in tfjs can be read too).',
  )
}

export function malformed(what: string, why: string): Rejection {
  return reject(
    'malformed-weights',
    `${what} is not whole or not valid: ${why}.`,
    'Export or download it again.',
  )
}
