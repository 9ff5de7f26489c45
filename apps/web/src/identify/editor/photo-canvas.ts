/** Photos as pixels: opened upright, drawn turned, cut to a frame. For the page: it needs a canvas. */
import { fitted, type Size } from '../photo/fitted-size.ts'
import { jpegFile } from '../photo/jpeg-file.ts'
import { cutOf, type PhotoEdit, type QuarterTurns, turnedSize } from './photo-edit.ts'

/** Twice what comes out in the end, so that half a photo is still sharp; bounds the memory that a huge photo takes. */
const SHARPEST_SIDE = 4096
const PREVIEW_SIDE = 1280

/** The caller closes it. null: the browser knows no such picture. */
export async function openBitmap(file: Blob): Promise<ImageBitmap | null> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const { width, height } = fitted(bitmap, SHARPEST_SIDE)
    if (width === bitmap.width && height === bitmap.height) return bitmap
    try {
      return await createImageBitmap(bitmap, {
        resizeWidth: width,
        resizeHeight: height,
        resizeQuality: 'high',
      })
    } finally {
      bitmap.close()
    }
  } catch {
    return null
  }
}

/** All of it, turned; a small photo as large as a large one. */
export function drawPreview(canvas: HTMLCanvasElement, photo: ImageBitmap, turns: QuarterTurns): void {
  const { width, height } = turnedSize(photo, turns)
  const scale = PREVIEW_SIDE / Math.max(width, height)
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(canvas.width / width, canvas.height / height)
  drawTurned(context, photo, turns)
}

/** The edited photo as a file of its own. null: there is no memory for it. */
export async function editedFile(photo: ImageBitmap, edit: PhotoEdit, name: string): Promise<File | null> {
  const { from, to } = cutOf(photo, edit)
  const canvas = document.createElement('canvas')
  canvas.width = to.width
  canvas.height = to.height
  const context = canvas.getContext('2d')
  if (context === null) return null
  // A JPEG has no transparent parts.
  context.fillStyle = 'white'
  context.fillRect(0, 0, to.width, to.height)
  context.scale(to.width / from.width, to.height / from.height)
  context.translate(-from.x, -from.y)
  drawTurned(context, photo, edit.turns)
  return jpegFile(canvas, `${name.replace(/\.[^.]*$/, '')}.jpg`)
}

/** The turned photo with its corner at 0, 0 in its own pixels. */
function drawTurned(context: CanvasRenderingContext2D, photo: ImageBitmap, turns: QuarterTurns): void {
  const { width, height }: Size = turnedSize(photo, turns)
  context.imageSmoothingQuality = 'high'
  context.translate(width / 2, height / 2)
  context.rotate((turns * Math.PI) / 2)
  context.drawImage(photo, -photo.width / 2, -photo.height / 2)
}
