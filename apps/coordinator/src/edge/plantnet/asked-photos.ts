/** The photos of an identification, however they came: how many, how large, of which kinds, and what part of the plant each shows. */
import { isRejection } from '@worldflora/protocol/rejection'
import { recogniseKind } from '../../identify/photo-kind.ts'
import { type Fault, fault, faultOf } from './faults.ts'

export const MOST_IMAGES = 5
/** Of all images together. */
export const MOST_IMAGE_BYTES = 52_428_800

/** What a program may say that an image shows. A model suggests others: protocol/calibration. */
export const ASKED_ORGANS = ['leaf', 'flower', 'fruit', 'bark', 'auto'] as const
export type AskedOrgan = (typeof ASKED_ORGANS)[number]

export type AskedPhoto = { bytes: Buffer; filename: string; organ: AskedOrgan }

/** `hint`: how one sends them. */
export function faultOfCount(images: number, hint: string): Fault | null {
  if (images === 0) return fault(400, `There is no image: ${hint}.`)
  if (images <= MOST_IMAGES) return null
  return fault(400, `There are ${images} images; at most ${MOST_IMAGES} of one plant are taken.`)
}

export function faultOfOrgans(organs: number, images: number): Fault | null {
  if (organs === 0 || organs === images) return null
  return fault(400, `There are ${organs} organs for ${images} images: send one for each, or none.`)
}

export function tooLarge(): Fault {
  return fault(413, `The images of one identification have ${MOST_IMAGE_BYTES} bytes together at most.`)
}

export function askedPhotos(
  images: readonly { bytes: Buffer; filename: string }[],
  organs: readonly AskedOrgan[],
): AskedPhoto[] | Fault {
  if (images.reduce((sum, { bytes }) => sum + bytes.length, 0) > MOST_IMAGE_BYTES) return tooLarge()
  const wrong = faultOfOrgans(organs.length, images.length)
  if (wrong !== null) return wrong
  for (const { bytes } of images) {
    const kind = recogniseKind(bytes)
    if (isRejection(kind)) return faultOf(kind)
  }
  return images.map((image, i) => ({ ...image, organ: organs[i] ?? 'auto' }))
}

/** Any other word is as good as none; so is an empty one beside others, of a photo of which a form says nothing. */
export function organsOf(words: readonly string[]): AskedOrgan[] {
  if (words.every((text) => text.trim() === '')) return []
  return words
    .flatMap((text) => (text.trim() === '' ? [text] : text.split(',').filter((one) => one.trim() !== '')))
    .map((text) => ASKED_ORGANS.find((organ) => organ === text.trim().toLowerCase()) ?? 'auto')
}
