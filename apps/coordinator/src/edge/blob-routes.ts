/** /blobs/HASH: immutable, so every cache on the way may keep them for ever. Reading is open to all, writing is the operator's. */
import { LIMITS } from '@worldflora/protocol/body-limits'
import { Hash } from '@worldflora/protocol/ids'
import { isRejection, parseOrReject, reject } from '@worldflora/protocol/rejection'
import { type Context, Hono } from 'hono'
import type { BlobPart, BlobStore } from '../store/blob-store.ts'
import { answer, answerRejection } from './answer.ts'
import { chunksOf, oversize } from './body.ts'
import type { OperatorAccess } from './operator-access.ts'
import { operatorOnly } from './operator-guard.ts'
import { openRecentBlobs } from './recent-blobs.ts'

export function blobRoutes(blobs: BlobStore, operator: OperatorAccess): Hono {
  const routes = new Hono()
  const recent = openRecentBlobs(blobs)

  // Hono answers HEAD by the GET route, without the body.
  routes.get('/:hash', async (c) => {
    const hash = parseOrReject(Hash, c.req.param('hash'), 'the blob’s name')
    if (isRejection(hash)) return answerRejection(hash)
    const size = await blobs.size(hash)
    if (size === null)
      return answerRejection(reject('no-blob', `There is no blob ${hash}.`, 'Ask for another.'))
    const etag = `"${hash}"`
    if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
    const isWhole = c.req.method === 'GET' && c.req.header('range') === undefined
    const bytes = isWhole ? await recent.get(hash, size) : null
    return sendBlob(c, { hash, size, read: (part) => bytes ?? blobs.read(hash, part) })
  })

  routes.put('/:hash', operatorOnly(operator), async (c) => {
    const hash = parseOrReject(Hash, c.req.param('hash'), 'the blob’s name')
    if (isRejection(hash)) return answerRejection(hash)
    const tooLarge = oversize(c.req.raw, LIMITS.blobBytes)
    if (tooLarge !== null) return answerRejection(tooLarge)
    return answer(await blobs.putStream(hash, chunksOf(c.req.raw), LIMITS.blobBytes), 201)
  })

  return routes
}

type FoundBlob = {
  hash: Hash
  size: number
  read(part: BlobPart): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
}

function sendBlob(c: Context, { hash, size, read }: FoundBlob): Response {
  const part = partOf(c.req.header('range'), size)
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    etag: `"${hash}"`,
  }
  if (part === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } })
  }
  const { start, end } = part ?? { start: 0, end: size }
  headers['content-length'] = String(end - start)
  if (part !== null) headers['content-range'] = `bytes ${start}-${end - 1}/${size}`
  const body = c.req.method === 'HEAD' ? null : read({ start, end })
  return new Response(body, { status: part === null ? 200 : 206, headers })
}

/** RFC 9110, one range of bytes; null for the whole (several ranges may be answered so). */
function partOf(range: string | undefined, size: number): BlobPart | 'unsatisfiable' | null {
  const [, from, to] = range?.match(/^bytes=(\d*)-(\d*)$/) ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return null
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  return start < end ? { start, end } : 'unsatisfiable'
}
