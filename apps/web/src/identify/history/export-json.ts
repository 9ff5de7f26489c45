/** The history as JSON: everything that is kept, thumbnails as data URLs, times by ISO 8601. In parts, for all of it may be large. */
import type { Sheet } from './sheet.ts'

const JSON_FORMAT = 'worldflora-history'

/** The document is its head, the sheets with `JSON_BETWEEN` between them, and `JSON_END`. */
export function jsonHead(nowMs: number): string {
  const head = JSON.stringify({ format: JSON_FORMAT, version: 1, exportedAt: isoOf(nowMs) })
  return `${head.slice(0, -1)},"sheets":[\n`
}
export const JSON_BETWEEN = ',\n'
export const JSON_END = '\n]}\n'

export function jsonOf({ begunAtMs, changedAtMs, photos, ...sheet }: Sheet): string {
  return JSON.stringify({
    ...sheet,
    begunAt: isoOf(begunAtMs),
    changedAt: isoOf(changedAtMs),
    photos: photos.map(({ jpeg, organ }) => ({ organ, thumbnail: jpeg === null ? null : dataUrlOf(jpeg) })),
  })
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function dataUrlOf(jpeg: Uint8Array): string {
  let binary = ''
  for (const byte of jpeg) binary += String.fromCharCode(byte)
  return `data:image/jpeg;base64,${btoa(binary)}`
}
