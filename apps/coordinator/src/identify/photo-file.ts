/**
 * Whether a file is a whole photo and nothing else, and how many pixels it claims. Nothing is decoded here, so a file of a few bytes
 * that claims gigabytes of pixels costs nothing.
 */
import { END_OF_IMAGE, MOST_SCANS, readJpegSize, START_OF_SCAN, segmentsOf } from '@worldflora/model/photo'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { hidesAnother } from './hidden-file.ts'
import { type PhotoKind, PNG, recogniseKind, unsupported } from './photo-kind.ts'

/** More than any phone's camera makes; as many as the decoder takes. */
export const MOST_PIXELS = 64_000_000

/** What a PNG says of itself in its first chunk. */
const HEADER_BYTES = 13
/** Of a PNG whose rows do not come from top to bottom: all of it is in memory, where others are made smaller row by row. */
const MOST_INTERLACED_BYTES = 104_000_000
const CHANNELS: { [colourType: number]: number } = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Looking into one costs two microseconds, and an empty one is of four bytes. */
const MOST_SEGMENTS = 10_000

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
  /** Everything that is not image data: headers and comments, and what follows the end. */
  const parts: Uint8Array[] = []
  let scans = 0
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (parts.length === MOST_SEGMENTS) return overfull(`${MOST_SEGMENTS} segments`)
    if (marker === START_OF_SCAN && ++scans > MOST_SCANS) return overfull(`${MOST_SCANS} scans`)
    if (marker !== END_OF_IMAGE) {
      parts.push(bytes.subarray(start + 4, end))
      continue
    }
    if (hidesAnother([...parts, bytes.subarray(end)])) return unsupported()
    return { kind: 'jpeg', pixels: size.width * size.height }
  }
  return cutOff()
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
    if (kind === 'IHDR' && pixels === null) {
      if (end - at < 12 + HEADER_BYTES) return cutOff()
      pixels = view.getUint32(at + 8) * view.getUint32(at + 12)
      const bits = bytes[at + 16]!
      const channels = CHANNELS[bytes[at + 17]!] ?? 4
      const isInterlaced = bytes[at + 20] === 1
      const held = (pixels * channels * Math.max(8, bits)) / 8
      if (isInterlaced && pixels <= MOST_PIXELS && held > MOST_INTERLACED_BYTES) return interlaced()
    } else if (kind !== 'IDAT') parts.push(bytes.subarray(at + 8, end - 4))
    if (parts.length > MOST_SEGMENTS) return overfull(`${MOST_SEGMENTS} chunks`)
    at = end
    if (kind === 'IEND') break
  }
  if (pixels === null) return cutOff()
  return hidesAnother([...parts, bytes.subarray(at)]) ? unsupported() : { kind: 'png', pixels }
}

function interlaced(): Rejection {
  return reject(
    'too-many-pixels',
    `The image is an interlaced PNG of more than ${MOST_INTERLACED_BYTES} bytes of pixels.`,
    'Save it without interlacing, or as JPEG.',
  )
}

function overfull(most: string): Rejection {
  return reject(
    'broken-photo',
    `The image has more than ${most}, and no program writes so many.`,
    'Send another, or save it as JPEG again.',
  )
}

function cutOff(): Rejection {
  return reject('broken-photo', 'The image ends before it is whole.', 'Send the whole file.')
}
