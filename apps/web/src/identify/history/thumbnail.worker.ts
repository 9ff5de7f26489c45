/** Makes thumbnails out of the page's way: a photo of 40 megapixels would freeze it. */
import { expose } from 'comlink'
import { jpegOfPixels } from '../photo/jpeg-of-pixels.ts'

/** A JPEG of the photo's pixels alone, upright. null: this browser cannot make one. */
function thumbnailOf(photo: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  return jpegOfPixels(photo, { longerSide: 320, quality: 0.82 })
}

const exposed = { thumbnailOf }
export type ThumbnailWorker = typeof exposed

expose(exposed)
