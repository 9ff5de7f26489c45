/**
 * The segments of a JPEG (ITU T.81, B.1.1), walked in one way for all who ask. As decoders do, it passes over fill bytes, markers that stand
 * alone and whatever else stands between two segments. Nothing is decoded: what a segment says is its reader's business.
 */

/** Places in the file: `start` is that of the marker's FF, `end` where its content ends, `dataEnd` where the scan's data does that follow. */
export type JpegSegment = { marker: number; start: number; end: number; dataEnd: number }

export const START_OF_SCAN = 0xda
export const END_OF_IMAGE = 0xd9

/** Cameras and programs write ten or so. A decoder goes over the whole picture for each, and one of no use costs a dozen bytes (PN3, FB3). */
export const MOST_SCANS = 100

/** Of a whole file the last is END_OF_IMAGE; one that is cut off ends without. What is no JPEG has none. */
export function* segmentsOf(jpeg: Uint8Array): Generator<JpegSegment> {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return
  let start = nextMarker(jpeg, 2)
  while (start !== null) {
    const marker = jpeg[start + 1]!
    if (marker === END_OF_IMAGE) {
      yield { marker, start, end: start + 2, dataEnd: start + 2 }
      return
    }
    if (start + 4 > jpeg.length) return
    const end = start + 2 + ((jpeg[start + 2]! << 8) | jpeg[start + 3]!)
    if (end < start + 4 || end > jpeg.length) return
    const dataEnd = marker === START_OF_SCAN ? endOfScan(jpeg, end) : end
    yield { marker, start, end, dataEnd }
    start = nextMarker(jpeg, dataEnd)
  }
}

export function hasTooManyScans(jpeg: Uint8Array): boolean {
  let scans = 0
  for (const { marker } of segmentsOf(jpeg)) {
    if (marker === START_OF_SCAN && ++scans > MOST_SCANS) return true
  }
  return false
}

/** The next that begins a segment or ends the image. null: there is none. */
function nextMarker(jpeg: Uint8Array, from: number): number | null {
  let at = jpeg.indexOf(0xff, from)
  while (at !== -1 && at + 1 < jpeg.length) {
    const next = jpeg[at + 1]!
    const standsAlone = next <= 1 || (next >= 0xd0 && next <= 0xd8)
    if (next !== 0xff && !standsAlone) return at
    at = jpeg.indexOf(0xff, next === 0xff ? at + 1 : at + 2)
  }
  return null
}

/** Where an FF follows that is no part of the scan's data: in it, one is followed by 00 or by a restart marker. */
function endOfScan(jpeg: Uint8Array, from: number): number {
  let at = jpeg.indexOf(0xff, from)
  while (at !== -1 && at + 1 < jpeg.length) {
    const next = jpeg[at + 1]!
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
    at = jpeg.indexOf(0xff, at + 2)
  }
  return jpeg.length
}
