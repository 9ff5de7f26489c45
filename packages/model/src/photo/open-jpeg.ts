/**
 * A JPEG that somebody gave, opened as training opened its own, so the network sees what it has learned from. What this leaves (a larger
 * photo, a rare kind, another format) whoever has the file opens in another way, made smaller on it.
 */
import { isRejection } from '@worldflora/protocol/rejection'
import { orientationOf } from './exif-orientation.ts'
import { decodeJpeg } from './jpeg.ts'
import type { Rgb } from './rgb.ts'
import { upright } from './upright.ts'

/** A larger photo would take hundreds of megabytes in our decoder. */
const MOST_JPEG_PIXELS = 26_000_000

/** Of what is opened in another way: more than the network looks at, whatever part of the photo it looks at. */
export const LONGER_SIDE = 1600

/** `pixels`: as its header says. null: it is larger, or of a rare kind (lossless, arithmetic coding, of very many scans). */
export function openJpeg(bytes: Uint8Array, pixels: number): Rgb | null {
  if (pixels > MOST_JPEG_PIXELS) return null
  const photo = decodeJpeg(bytes)
  return isRejection(photo) ? null : upright(photo, orientationOf(bytes))
}
