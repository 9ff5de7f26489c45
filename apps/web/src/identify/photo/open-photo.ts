/**
 * From a file that somebody gave to pixels. A JPEG goes through the decoder that training used, so the network sees what it
 * has learned from. What is no JPEG, or too large for that, goes through the browser's own decoder. For the Web Worker.
 */
import { fromRgba, LONGER_SIDE, openJpeg, type Rgb, readJpegSize } from '@worldflora/model/photo'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import { fitted } from './fitted-size.ts'
import { isHeic } from './heic.ts'
import { readPngSize } from './png-size.ts'

/** Of several times as many as phones make: a small file can claim gigabytes of them. */
const MOST_PIXELS = 250_000_000

export async function openPhoto(file: Blob): Promise<Rgb | Rejection> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const jpeg = readJpegSize(bytes)
  const size = jpeg ?? readPngSize(bytes)
  if (size !== null && size.width * size.height > MOST_PIXELS) return TOO_LARGE
  const opened = jpeg === null ? null : openJpeg(bytes, jpeg.width * jpeg.height)
  return opened ?? openWithBrowser(file, isHeic(bytes) ? HEIC : UNKNOWN)
}

const TOO_LARGE = reject(
  'too-many-pixels',
  'This picture is larger than any camera makes.',
  'Choose a photo of at most 250 megapixels.',
)

const UNKNOWN = reject(
  'no-photo',
  'This file is no picture that this browser can open.',
  'Choose a JPEG, PNG or WebP photo.',
)

const HEIC = reject(
  'heic-photo',
  'This is a HEIC photo, a kind that this browser cannot open.',
  'Save it as JPEG, or set the phone’s camera to the most compatible format.',
)

/** `unopened`: what it is where the browser knows no such picture. */
async function openWithBrowser(file: Blob, unopened: Rejection): Promise<Rgb | Rejection> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return unopened
  }
  try {
    const { width, height } = fitted(bitmap, LONGER_SIDE)
    const context = new OffscreenCanvas(width, height).getContext('2d')
    if (context === null) {
      return reject(
        'no-canvas',
        'This browser cannot read the picture’s pixels.',
        'Save it as JPEG, or use another browser.',
      )
    }
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    return fromRgba(context.getImageData(0, 0, width, height))
  } finally {
    bitmap.close()
  }
}
