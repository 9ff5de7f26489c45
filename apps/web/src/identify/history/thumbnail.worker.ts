/** Makes thumbnails out of the page's way: a photo of 40 megapixels would freeze it. */
import { expose } from 'comlink'
import { fitted } from '../photo/fitted-size.ts'

const LONGER_SIDE = 320

/** A JPEG of the photo's pixels alone, upright. null: this browser cannot make one. */
async function thumbnailOf(photo: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' })
  try {
    const { width, height } = fitted(bitmap, LONGER_SIDE)
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (context === null) return null
    // A JPEG has no transparency: what is see-through becomes paper.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.82 })
    return jpeg.type === 'image/jpeg' ? new Uint8Array(await jpeg.arrayBuffer()) : null
  } finally {
    bitmap.close()
  }
}

const exposed = { thumbnailOf }
export type ThumbnailWorker = typeof exposed

expose(exposed)
