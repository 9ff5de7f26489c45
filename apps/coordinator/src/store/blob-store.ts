/** Port: bytes under the name of their SHA-256. A blob is whole or absent, never half. */
import type { Hash } from '@worldflora/protocol/ids'
import type { Rejection } from '@worldflora/protocol/rejection'

export type BlobPart = { start: number /** Exclusive. */; end: number }

export type BlobStore = {
  /** Durable when it resolves. Storing twice is harmless. */
  put(bytes: Uint8Array): Promise<Hash>
  /** From a stranger: rejected if it is not what `hash` names, longer than `maxBytes`, or ends early. */
  putStream(
    hash: Hash,
    chunks: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ bytes: number } | Rejection>
  /** The whole, checked against its name; null if it is absent or damaged. */
  get(hash: Hash): Promise<Uint8Array<ArrayBuffer> | null>
  /** Number of bytes; null if it is absent. */
  size(hash: Hash): Promise<number | null>
  /** Of a blob that is there. Not checked: whoever receives it does. */
  read(hash: Hash, part: BlobPart): ReadableStream<Uint8Array>
  delete(hash: Hash): Promise<void>
  list(): AsyncIterable<Hash>
}
