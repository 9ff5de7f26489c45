/**
 * From a file that somebody gave to pixels. A JPEG goes through the decoder that training used, so the network sees what it
 * has learned from. What is no JPEG, or too large for that, goes through the browser's own decoder. For the Web Worker.
 */
import { decodeJpeg, fromRgba, orientationOf, type Rgb, readJpegSize, upright } from '@worldflora/model/photo'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { fitted } from './fitted-size.ts'
import { readPngSize } from './png-size.ts'

/** A larger photo would take hundreds of megabytes in our decoder: the browser makes it smaller while decoding. */
const MOST_JPEG_PIXELS = 26_000_000
/** Of several times as many as phones make: a small file can claim gigabytes of them. */
const MOST_PIXELS = 250_000_000
/** More than the network looks at, whatever part of the photo it looks at. */
const LONGER_SIDE = 1600

export async function openPhoto(file: Blob): Promise<Rgb | Rejection> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const jpeg = readJpegSize(bytes)
  const size = jpeg ?? readPngSize(bytes)
  if (size !== null && size.width * size.height > MOST_PIXELS) return TOO_LARGE
  if (jpeg !== null && jpeg.width * jpeg.height <= MOST_JPEG_PIXELS) {
    const photo = decodeJpeg(bytes)
    // A rare kind of JPEG (lossless, arithmetic coding, of very many scans) may still be known to the browser.
    if (!isRejection(photo)) return upright(photo, orientationOf(bytes))
  }
  return openWithBrowser(file)
}

const TOO_LARGE = reject(
  'too-many-pixels',
  'This picture is larger than any camera makes.',
  'Choose a photo of at most 250 megapixels.',
)

async function openWithBrowser(file: Blob): Promise<Rgb | Rejection> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return reject(
      'no-photo',
      'This file is no picture that this browser can open.',
      'Choose a JPEG, PNG or WebP photo.',
    )
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
