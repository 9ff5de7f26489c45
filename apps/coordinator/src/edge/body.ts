/** Bodies from the network: bounded before they are read, and while they are read (IN1). */

import { LIMITS } from '@worldflora/protocol/body-limits'
import { parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import type * as v from 'valibot'

/** Rejects what declares itself too large; null if it does not. */
export function oversize(request: Request, maxBytes: number): Rejection | null {
  const declared = Number(request.headers.get('content-length') ?? 0)
  return declared > maxBytes ? tooLarge(maxBytes) : null
}

/** Into a buffer of its own, of exactly the body's size. */
async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | Rejection> {
  const early = oversize(request, maxBytes)
  if (early !== null) return early
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunksOf(request)) {
    length += chunk.byteLength
    if (length > maxBytes) return tooLarge(maxBytes)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

export async function readJson<S extends v.GenericSchema>(
  request: Request,
  schema: S,
  what: string,
  maxBytes: number = LIMITS.jsonBytes,
): Promise<v.InferOutput<S> | Rejection> {
  const bytes = await readBytes(request, maxBytes)
  if (!(bytes instanceof Uint8Array)) return bytes
  return parseJson(bytes, schema, what)
}

export function parseJson<S extends v.GenericSchema>(
  bytes: Uint8Array,
  schema: S,
  what: string,
): v.InferOutput<S> | Rejection {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return reject('invalid', `${what} is not JSON.`, `Correct ${what} and try again.`)
  }
  return parseOrReject(schema, value, what)
}

export async function* chunksOf(request: Request): AsyncIterable<Uint8Array> {
  if (request.body === null) return
  // Node's web streams are async iterable; the DOM's types do not say so.
  yield* request.body as unknown as AsyncIterable<Uint8Array>
}

function tooLarge(maxBytes: number): Rejection {
  return reject('too-large', `At most ${maxBytes} bytes are taken here.`, 'Send less at once.')
}
