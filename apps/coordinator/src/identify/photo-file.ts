/**
 * Whether a file is a whole photo and nothing else, and how many pixels it claims. Nothing is decoded here, so a file of a few bytes
 * that claims gigabytes of pixels costs nothing.
 */
import { readJpegSize } from '@worldflora/model/photo'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { type PhotoKind, PNG, recogniseKind, unsupported } from './photo-kind.ts'

/** More than any phone's camera makes; as many as the decoder takes. */
export const MOST_PIXELS = 64_000_000

export type PhotoFile = { kind: PhotoKind; pixels: number }

export function recognisePhoto(bytes: Uint8Array): PhotoFile | Rejection {
  const kind = recogniseKind(bytes)
  if (isRejection(kind)) return kind
  const found = kind === 'png' ? recognisePng(bytes) : recogniseJpeg(bytes)
  if (isRejection(found)) return found
  if (found.pixels === 0 || found.pixels > MOST_PIXELS) {
    return reject(
      'too-many-pixels',
      `The image claims ${found.pixels} pixels; from 1 to ${MOST_PIXELS} are taken.`,
      'Send a smaller one.',
    )
  }
  return found
}

function recogniseJpeg(bytes: Uint8Array): PhotoFile | Rejection {
  const size = readJpegSize(bytes)
  if (size === null) return cutOff()
  const parts = jpegParts(bytes)
  if (parts === null) return cutOff()
  if (hidesAnother(parts)) return unsupported()
  return { kind: 'jpeg', pixels: size.width * size.height }
}

/**
 * Everything that is not image data: headers and comments, and what follows the end. null if the end is missing. The scans between (ITU
 * T.81, B.1.1) are stepped over: in them an FF is followed by 00 or a restart marker.
 */
function jpegParts(bytes: Uint8Array): Uint8Array[] | null {
  const parts: Uint8Array[] = []
  let at = 2
  for (;;) {
    // What stands between two segments by mistake, decoders skip as well.
    at = nextMarker(bytes, at)
    if (at === bytes.length) return null
    const marker = bytes[at + 1]!
    if (marker === 0xd9) return [...parts, bytes.subarray(at + 2)]
    if (at + 3 >= bytes.length) return null
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (end > bytes.length) return null
    parts.push(bytes.subarray(at + 4, end))
    at = end
  }
}

/** Where the scan that begins or the segment that ended at `start` is followed by a marker; the length if it never is. */
function nextMarker(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(0xff, start)
  while (at !== -1) {
    const next = bytes[at + 1]
    if (next === undefined) break
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)
    if (!isData) return at
    at = bytes.indexOf(0xff, at + 1)
  }
  return bytes.length
}

function recognisePng(bytes: Uint8Array): PhotoFile | Rejection {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let pixels: number | null = null
  let at = PNG.length
  for (;;) {
    if (at + 12 > bytes.length) return cutOff()
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) return cutOff()
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (kind === 'IHDR' && pixels === null) pixels = view.getUint32(at + 8) * view.getUint32(at + 12)
    else if (kind !== 'IDAT') parts.push(bytes.subarray(at + 8, end - 4))
    at = end
    if (kind === 'IEND') break
  }
  if (pixels === null) return cutOff()
  return hidesAnother([...parts, bytes.subarray(at)]) ? unsupported() : { kind: 'png', pixels }
}

/** Beginnings of what else a file could be opened as: archives, documents, pages, programs. Photos behind photos are usual. */
const OTHERS = [
  'PK\x03\x04',
  'PK\x05\x06',
  '%PDF-',
  '<?php',
  '<script',
  '<html',
  '<!doctype',
  '<svg',
  'Rar!\x1a',
]

/** Readers of the others look at the beginning, or for an archive's directory at the end: in between, chance makes such bytes too. */
const LOOKED_AT = 66_000

function hidesAnother(parts: readonly Uint8Array[]): boolean {
  const ends = parts.flatMap((part) =>
    part.length <= 2 * LOOKED_AT ? [part] : [part.subarray(0, LOOKED_AT), part.subarray(-LOOKED_AT)],
  )
  return ends.some((part) => {
    const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1').toLowerCase()
    return OTHERS.some((other) => text.includes(other.toLowerCase()))
  })
}

function cutOff(): Rejection {
  return reject('broken-photo', 'The image ends before it is whole.', 'Send the whole file.')
}
