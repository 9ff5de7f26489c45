/**
 * A JPEG without anything but its picture (ITU T.81, B.1). Kept are the segments that decode it: tables (DQT, DHT, DRI), frame and scans,
 * JFIF's header (the shape of its pixels; its thumbnail is cut off) and Adobe's (which says how colours are coded). All else goes: EXIF and
 * XMP with place, time and device, thumbnails, IPTC, colour profiles (they can name a screen; our decoder looks at none), comments, and
 * what stands between segments or behind the end. No pixel changes.
 */

const KEPT = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xda, 0xdb, 0xdc,
  0xdd,
])
const APP0 = 0xe0
const APP14 = 0xee
const START_OF_SCAN = 0xda
const END = 0xd9
/** With the two bytes of its length. */
const ADOBE_BYTES = 14
/** With the two bytes of its length, up to its thumbnail's size. */
const JFIF_BYTES = 14

/** null: it is no JPEG, or ends before its picture does. */
export function withoutMetadata(jpeg: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null
  const kept: Uint8Array[] = [jpeg.subarray(0, 2)]
  let hasScan = false
  let at = 2
  for (;;) {
    at = jpeg.indexOf(0xff, at)
    if (at === -1 || at + 1 >= jpeg.length) return null
    const marker = jpeg[at + 1]!
    if (marker === END) {
      if (!hasScan) return null
      kept.push(jpeg.subarray(at, at + 2))
      return joined(kept)
    }
    // Fill bytes, and markers that stand alone, mean nothing between segments.
    if (marker === 0xff || marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (at + 4 > jpeg.length) return null
    const end = at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)
    if (end < at + 4 || end > jpeg.length) return null
    const content = keptOf(marker, jpeg.subarray(at, end))
    if (content !== null) kept.push(content)
    at = end
    if (marker === START_OF_SCAN) {
      hasScan = true
      const dataEnd = endOfScan(jpeg, at)
      if (dataEnd === null) return null
      kept.push(jpeg.subarray(at, dataEnd))
      at = dataEnd
    }
  }
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

/** Where a marker follows that is no part of the scan: in it an FF is followed by 00 or by a restart marker. null: none does. */
function endOfScan(jpeg: Uint8Array, start: number): number | null {
  let at = jpeg.indexOf(0xff, start)
  while (at !== -1 && at + 1 < jpeg.length) {
    const next = jpeg[at + 1]!
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
    at = jpeg.indexOf(0xff, at + 2)
  }
  return null
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
