/** Bodies of forms: into memory up to a size, and within a time if one is set. One that is larger is heard to its end, and forgotten, so that its sender hears the answer. */
import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../clock.ts'
import { Upload, type UploadEnd } from './uploads.ts'

/** But not for ever. */
const MOST_UNHEARD_BYTES = 1 << 30

/** `withinMs`: how long it may take however steadily it comes, where there are few places for bodies. */
export type BodyBounds = { mostBytes: number; withinMs?: number }

export async function heardBody(
  incoming: IncomingMessage,
  { mostBytes, withinMs }: BodyBounds,
  clock: Clock,
): Promise<Buffer | Exclude<UploadEnd, 'whole'>> {
  // Who left while it waited for room: its connection says so no more.
  if (incoming.destroyed) return 'gone'
  const declared = Number(incoming.headers['content-length'] ?? 0)
  const cut = new AbortController()
  const onClose = () => cut.abort('gone' satisfies UploadEnd)
  const deadline = clock.alarm(() => cut.abort('too-slow' satisfies UploadEnd))
  deadline.set(withinMs === undefined ? null : clock.nowMs() + withinMs)
  incoming.once('close', onClose)
  let chunks: Uint8Array[] | null = declared > mostBytes ? null : []
  let bytes = 0
  const end = await new Upload(incoming, cut.signal, clock).receive((chunk) => {
    bytes += chunk.byteLength
    if (bytes > mostBytes) chunks = null
    chunks?.push(chunk)
    return bytes <= MOST_UNHEARD_BYTES
  })
  deadline.set(null)
  incoming.off('close', onClose)
  if (chunks === null) return 'too-large'
  return end === 'whole' ? Buffer.concat(chunks) : end
}

/**
 * What is answered before its body was read is answered once the body is there: a sender whose connection ends while it still sends hears
 * no answer. The body is heard and forgotten.
 */
export function bodiesHeard(clock: Clock): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    await next()
    const { incoming } = c.env
    const isUnread = c.req.method === 'POST' && !incoming.complete && !incoming.readableDidRead
    if (isUnread) await heardBody(incoming, { mostBytes: 0 }, clock)
  }
}
