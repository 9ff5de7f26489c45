/** Writes safetensors: F32 alone, in the order given, the header padded with spaces so that the values are aligned to 8 bytes. */
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { bytesOf, type NamedTensor, type TensorShape } from './named-tensor.ts'

/** The file's bytes, piece by piece. `values` follows `shapes`. */
export async function* writeSafetensors(
  shapes: readonly TensorShape[],
  values: AsyncIterable<NamedTensor> | Iterable<NamedTensor>,
  metadata: Readonly<Record<string, string>>,
): AsyncIterable<Uint8Array> {
  yield headerOf(shapes, metadata)
  let next = 0
  for await (const tensor of values) {
    if (tensor.name !== shapes[next++]?.name) throw new Error(`${tensor.name} is out of its order`)
    yield bytesOf(tensor.values)
  }
}

function headerOf(shapes: readonly TensorShape[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let start = 0
  for (const { name, shape } of shapes) {
    const end = start + 4 * sizeOf(shape)
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] }
    start = end
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const padded = Math.ceil(json.byteLength / 8) * 8
  const bytes = new Uint8Array(8 + padded).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.set(json, 8)
  return bytes
}
