/** Tensors one behind the other, cut into parts of a size that travels; and read again, part by part. */
import type { Hash } from '@worldflora/protocol/ids'
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { WeightsManifest } from '@worldflora/protocol/weights-manifest'
import { bytesOf, type NamedTensor } from './named-tensor.ts'

export type Part = { blob: Hash; bytes: number }

/** `put` keeps a part under its hash; its bytes are written over afterwards. `partBytes` is a multiple of 4. */
export async function cutIntoParts(
  tensors: AsyncIterable<NamedTensor>,
  partBytes: number,
  put: (bytes: Uint8Array) => Promise<Hash>,
): Promise<Part[]> {
  const parts: Part[] = []
  const part = new Uint8Array(partBytes)
  let filled = 0
  const close = async () => {
    parts.push({ blob: await put(part.subarray(0, filled)), bytes: filled })
    filled = 0
  }
  for await (const { values } of tensors) {
    const bytes = bytesOf(values)
    for (let taken = 0; taken < bytes.length; ) {
      const piece = bytes.subarray(taken, taken + partBytes - filled)
      part.set(piece, filled)
      filled += piece.length
      taken += piece.length
      if (filled === partBytes) await close()
    }
  }
  if (filled > 0) await close()
  return parts
}

/** `read` gives a part by its hash, checked against it; null if it is not there. Ends with a rejection, if one is missing. */
export async function* readParts(
  { tensors, parts }: Pick<WeightsManifest, 'tensors' | 'parts'>,
  read: (blob: Hash) => Promise<Uint8Array | null>,
): AsyncIterable<NamedTensor | Rejection> {
  const coming = parts.values()
  let part = new Uint8Array(0)
  for (const { name, shape } of tensors) {
    const values = new Float32Array(sizeOf(shape))
    const bytes = bytesOf(values)
    for (let filled = 0; filled < bytes.length; ) {
      if (part.length === 0) {
        const { blob, bytes: length } = coming.next().value!
        const next = await read(blob)
        if (next?.byteLength !== length) {
          yield missing(blob)
          return
        }
        part = next as Uint8Array<ArrayBuffer>
      }
      const piece = part.subarray(0, bytes.length - filled)
      bytes.set(piece, filled)
      filled += piece.length
      part = part.subarray(piece.length)
    }
    yield { name, shape, values }
  }
}

function missing(blob: Hash): Rejection {
  return reject(
    'missing-weights',
    `A part of the weights is not here, or damaged: the blob ${blob}.`,
    'Bring the weights again: what is here already is not sent twice.',
  )
}
