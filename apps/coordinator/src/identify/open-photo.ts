/**
 * From a file's bytes to pixels, the way a tab does it (apps/web/src/identify/photo/open-photo.ts): a JPEG goes through the decoder that
 * training used; what is no JPEG, is of a rare kind or larger than that decoder should see goes another way, made smaller on it. The
 * tab leaves that to its browser, a thread to sharp.
 */
import { fromRgba, LONGER_SIDE, openJpeg, type Rgb } from '@worldflora/model/photo'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { MOST_PIXELS, recognisePhoto } from './photo-file.ts'

export async function openPhoto(bytes: Uint8Array): Promise<Rgb | Rejection> {
  const file = recognisePhoto(bytes)
  if (isRejection(file)) return file
  const opened = file.kind === 'jpeg' ? openJpeg(bytes, file.pixels) : null
  return opened ?? openWithSharp(bytes)
}

async function openWithSharp(bytes: Uint8Array): Promise<Rgb | Rejection> {
  const { default: sharp } = await import('sharp')
  // The threads are as many as there are cores; what is opened here is not opened twice.
  sharp.concurrency(1)
  sharp.cache(false)
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: LONGER_SIDE, height: LONGER_SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return fromRgba({ width: info.width, height: info.height, data })
  } catch {
    return reject('broken-photo', 'The image cannot be decoded.', 'Send another, or save it as JPEG again.')
  }
}
