/** A JPEG made anew from a photo's pixels, upright, and of nothing else that its file says. For Web Workers. */
import { fitted } from './fitted-size.ts'

export type JpegShape = { longerSide: number; quality: number }

/** null: this browser cannot make one. Throws if it knows no such picture. */
export async function jpegOfPixels(
  photo: Blob,
  { longerSide, quality }: JpegShape,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' })
  try {
    const { width, height } = fitted(bitmap, longerSide)
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (context === null) return null
    // A JPEG has no transparency: what is see-through becomes paper.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality })
    return jpeg.type === 'image/jpeg' ? new Uint8Array(await jpeg.arrayBuffer()) : null
  } finally {
    bitmap.close()
  }
}
