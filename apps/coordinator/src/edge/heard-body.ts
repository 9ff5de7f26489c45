/** Bodies of forms: into memory up to a size. One that is larger is heard to its end, and forgotten, so that its sender hears the answer. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.ts'
import { Upload, type UploadEnd } from './uploads.ts'

/** But not for ever. */
const MOST_UNHEARD_BYTES = 1 << 30

export async function heardBody(
  incoming: IncomingMessage,
  mostBytes: number,
  clock: Clock,
): Promise<Buffer | Exclude<UploadEnd, 'whole'>> {
  // Who left while it waited for room: its connection says so no more.
  if (incoming.destroyed) return 'gone'
  const declared = Number(incoming.headers['content-length'] ?? 0)
  const gone = new AbortController()
  const onClose = () => gone.abort('gone')
  incoming.once('close', onClose)
  let chunks: Uint8Array[] | null = declared > mostBytes ? null : []
  let bytes = 0
  const end = await new Upload(incoming, gone.signal, clock).receive((chunk) => {
    bytes += chunk.byteLength
    if (bytes > mostBytes) chunks = null
    chunks?.push(chunk)
    return bytes <= MOST_UNHEARD_BYTES
  })
  incoming.off('close', onClose)
  if (chunks === null) return 'too-large'
  return end === 'whole' ? Buffer.concat(chunks) : end
}
