/**
 * From any photo to the stored one: upright, sRGB, shorter side `storedSize` at most, JPEG without metadata (no EXIF, no GPS).
 * The same bytes give the same bytes. A file that is no usable photo gives the reason, in words.
 */
import sharp from 'sharp'

export type Converted = { kind: 'converted'; jpeg: Uint8Array } | { kind: 'unusable'; reason: string }

const READABLE = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'jxl'])
/** Larger than any phone's photo; stops images that are small files and gigabytes of pixels. */
const MAX_PIXELS = 150_000_000
const MIN_SIDE = 8

export async function convertPhoto(bytes: Uint8Array, storedSize: number): Promise<Converted> {
  try {
    const source = () => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    const { format, width, height } = await source().metadata()
    if (!READABLE.has(format)) return { kind: 'unusable', reason: `a ${format} file is not a photo` }
    if (Math.min(width, height) < MIN_SIDE)
      return { kind: 'unusable', reason: `too small: ${width} x ${height} pixels` }
    const jpeg = await source()
      .autoOrient()
      .resize({ width: storedSize, height: storedSize, fit: 'outside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .jpeg({
        quality: 90,
        chromaSubsampling: '4:2:0',
        progressive: false,
        optimiseCoding: true,
        mozjpeg: false,
      })
      .toBuffer()
    return { kind: 'converted', jpeg }
  } catch (error) {
    return { kind: 'unusable', reason: inWords(error instanceof Error ? error.message : String(error)) }
  }
}

function inWords(message: string): string {
  if (/unsupported image format/i.test(message)) return 'not an image'
  if (/pixel limit/i.test(message)) return `has more than ${MAX_PIXELS / 1e6} million pixels`
  if (/compression format|heif/i.test(message))
    return 'an HEIC photo, which cannot be read here: convert it to JPEG'
  return `a broken image (${message.split('\n')[0]!.trim()})`
}
