/**
 * A JPEG without anything but its picture (ITU T.81, B.1). Kept are the segments that decode it: tables (DQT, DHT, DRI), frame and scans,
 * JFIF's header (the shape of its pixels; its thumbnail is cut off) and Adobe's (which says how colours are coded). All else goes: EXIF and
 * XMP with place, time and device, thumbnails, IPTC, colour profiles (they can name a screen; our decoder looks at none), comments, and
 * what stands between segments or behind the end; so do a height that comes late (DNL) and arithmetic coding's conditions (DAC), which no
 * photo of today has, and which could hold anything. No pixel changes.
 */
import { END_OF_IMAGE, MOST_SCANS, START_OF_SCAN, segmentsOf } from './segments.ts'

const KEPT = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xda, 0xdb, 0xdd,
])
const APP0 = 0xe0
const APP14 = 0xee
/** With the two bytes of its length. */
const ADOBE_BYTES = 14
/** With the two bytes of its length, up to its thumbnail's size. */
const JFIF_BYTES = 14

/** null: it is no JPEG, ends before its picture does, or has more scans than any program writes. */
export function withoutMetadata(jpeg: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)]
  let scans = 0
  for (const { marker, start, end, dataEnd } of segmentsOf(jpeg)) {
    if (marker === END_OF_IMAGE) return scans === 0 ? null : joined([...kept, jpeg.subarray(start, end)])
    const content = keptOf(marker, jpeg.subarray(start, end))
    if (content !== null) kept.push(content)
    if (marker !== START_OF_SCAN) continue
    if (++scans > MOST_SCANS) return null
    kept.push(jpeg.subarray(end, dataEnd))
  }
  return null
}

/** What is kept of a segment with its marker; null: nothing. */
function keptOf(marker: number, segment: Uint8Array): Uint8Array | null {
  if (KEPT.has(marker)) return segment
  if (marker === APP0 && begins(segment, 'JFIF\0') && segment.length >= 2 + JFIF_BYTES + 2) {
    const header = Uint8Array.from([...segment.subarray(0, 2 + JFIF_BYTES), 0, 0])
    header[3] = JFIF_BYTES + 2
    header[2] = 0
    return header
  }
  const isAdobe = marker === APP14 && begins(segment, 'Adobe') && segment.length === 2 + ADOBE_BYTES
  return isAdobe ? segment : null
}

function begins(segment: Uint8Array, name: string): boolean {
  return [...name].every((letter, i) => segment[4 + i] === letter.charCodeAt(0))
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
