/**
 * safetensors (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the header with each
 * tensor's dtype, shape and place, and the values one behind the other. Read: F32, F16, BF16. The rest is known by its size, so
 * that a file that holds it beside the weights (a counter in int64) can be read; a tensor of another dtype is refused itself.
 */
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import type { ByteSource } from './byte-source.ts'
import {
  isShape,
  MOST_TENSORS,
  malformed,
  type StoredTensor,
  type StoredWeights,
  storedTensor,
} from './stored-weights.ts'
import type { Decoding } from './value-decoding.ts'

const LENGTH_BYTES = 8
/** The format's own limit is 100 MB. */
const MOST_HEADER_BYTES = 64 << 20

const BYTES_OF_DTYPE: Record<string, number> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
}
const DECODINGS: Record<string, Decoding> = {
  F32: { kind: 'float32' },
  F16: { kind: 'float16' },
  BF16: { kind: 'bfloat16' },
}

const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Entry = v.object({
  dtype: v.picklist(Object.keys(BYTES_OF_DTYPE)),
  shape: v.custom<number[]>(isShape, 'is no shape'),
  data_offsets: v.tuple([offset, offset]),
})
const Metadata = v.record(v.string(), v.string())

export async function readSafetensors(source: ByteSource, name: string): Promise<StoredWeights | Rejection> {
  const header = await readHeader(source, name)
  if (isRejection(header)) return header
  const { fields, dataStart } = header
  const tensors = new Map<string, StoredTensor>()
  const places: [number, number][] = []
  let metadata: Record<string, string> = {}
  for (const [tensor, field] of fields) {
    if (tensor === '__metadata__') {
      const said = v.safeParse(Metadata, field)
      if (!said.success) return malformed(name, 'its metadata are not words by name')
      metadata = said.output
      continue
    }
    const parsed = v.safeParse(Entry, field)
    if (!parsed.success) return malformed(name, `the header’s entry of ${tensor} is not valid`)
    const { dtype, shape, data_offsets } = parsed.output
    const [start, end] = data_offsets
    if (end - start !== sizeOf(shape) * BYTES_OF_DTYPE[dtype]!) {
      return malformed(
        name,
        `${tensor} has ${end - start} bytes, which is not what ${dtype} [${shape}] takes`,
      )
    }
    places.push([start, end])
    const place = { name: tensor, shape, start: dataStart + start, end: dataStart + end }
    tensors.set(tensor, storedTensor(source, place, DECODINGS[dtype] ?? { unsupported: dtype }))
  }
  const fault = faultOfPlaces(places, source.bytes - dataStart)
  return fault === null ? { tensors, metadata } : malformed(name, fault)
}

async function readHeader(
  source: ByteSource,
  name: string,
): Promise<{ fields: [string, unknown][]; dataStart: number } | Rejection> {
  if (source.bytes < LENGTH_BYTES) return malformed(name, 'it is shorter than a header')
  const lengthBytes = await source.read(0, LENGTH_BYTES)
  const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true)
  const most = Math.min(MOST_HEADER_BYTES, source.bytes - LENGTH_BYTES)
  if (length > BigInt(most)) {
    return malformed(name, `its header would have ${length} bytes, and ${most} are possible`)
  }
  const dataStart = LENGTH_BYTES + Number(length)
  let value: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await source.read(LENGTH_BYTES, dataStart))
    value = JSON.parse(text)
  } catch {
    return malformed(name, 'its header is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed(name, 'its header is not an object')
  }
  const fields = Object.entries(value)
  if (fields.length > MOST_TENSORS) return malformed(name, `it has more than ${MOST_TENSORS} tensors`)
  return { fields, dataStart }
}

/** Tensors lie one behind the other, from the first byte to the last: nothing overlaps, nothing is hidden between. */
function faultOfPlaces(places: [number, number][], bytes: number): string | null {
  let end = 0
  for (const [start, next] of places.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start !== end) return `there is a gap or an overlap at byte ${Math.min(start, end)} of its values`
    end = next
  }
  return end === bytes ? null : `its tensors take ${end} bytes, and it has ${bytes}`
}
