/** One blob from the site, checked against its name. */
import { engineHashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'

/** One that comes damaged again and again is given up: something between the site and here changes it. */
const TRIES = 3

export type WantedBlob = {
  blob: Hash
  /** As long as the blob has to be. */
  into: Uint8Array<ArrayBuffer>
  /** It is kept by other means than the browser's own cache. */
  isKeptElsewhere: boolean
  /** How many bytes have come since the last time; less than none when they are fetched once more. */
  onBytes(more: number): void
}

/** null: `into` has it. */
export async function fetchBlob(wanted: WantedBlob): Promise<null | Rejection> {
  const { blob, into, isKeptElsewhere, onBytes } = wanted
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // What came damaged may lie in a cache on the way.
    const cache = attempt > 0 ? 'reload' : isKeptElsewhere ? 'no-store' : 'default'
    let done = 0
    const outcome = await readInto(`/blobs/${blob}`, cache, into, (more) => {
      done += more
      onBytes(more)
    })
    if (outcome === 'read' && (await engineHashOf(into)) === blob) return null
    onBytes(-done)
    if (isRejection(outcome)) return outcome
  }
  return brokenDownload('it came damaged')
}

/** What is shorter than `into` has another hash. */
async function readInto(
  path: string,
  cache: RequestCache,
  into: Uint8Array,
  onBytes: (more: number) => void,
): Promise<'read' | 'too-long' | Rejection> {
  let at = 0
  try {
    const response = await fetch(path, { cache })
    if (!response.ok || response.body === null) return brokenDownload(`the site answered ${response.status}`)
    const reader = response.body.getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return 'read'
      if (at + value.byteLength > into.byteLength) {
        await reader.cancel()
        return 'too-long'
      }
      into.set(value, at)
      at += value.byteLength
      onBytes(value.byteLength)
    }
  } catch {
    return brokenDownload('the connection was lost')
  }
}

function brokenDownload(why: string): Rejection {
  return reject(
    'download-failed',
    `The model could not be fetched: ${why}.`,
    'Check the connection and try again; what has come is not fetched again.',
  )
}
