/**
 * How a camera was held: EXIF tag 0x0112 of a JPEG, 1 to 8 (TIFF 6.0, "Orientation"; Exif 2.3, 4.6.4). 1, upright, for files
 * without one, and for whatever cannot be read.
 */
import { START_OF_SCAN, segmentsOf } from './segments.ts'

export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const APP1 = 0xe1
const EXIF = 0x45786966 // "Exif"
const ORIENTATION_TAG = 0x0112

export function orientationOf(jpeg: Uint8Array): Orientation {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
  try {
    for (const { marker, start } of segmentsOf(jpeg)) {
      // No more headers.
      if (marker === START_OF_SCAN) return 1
      if (marker === APP1 && view.getUint32(start + 4) === EXIF) return orientationInTiff(view, start + 10)
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return 1
}

function orientationInTiff(view: DataView, start: number): Orientation {
  const little = view.getUint16(start) === 0x4949
  const directory = start + view.getUint32(start + 4, little)
  const entries = view.getUint16(directory, little)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue
    const value = view.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}
