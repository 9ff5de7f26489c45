/** A task's photo, decoded. Import let only photos in that can be: one that cannot is a fault, and is thrown. */
import { isRejection } from '@worldflora/protocol/rejection'
import { decodeJpeg } from './jpeg.ts'
import type { Rgb } from './rgb.ts'

export function decodedAt(jpeg: Uint8Array, place: number): Rgb {
  const photo = decodeJpeg(jpeg)
  if (isRejection(photo)) throw new Error(`photo ${place} of the task: ${photo.message}`)
  return photo
}
