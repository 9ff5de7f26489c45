/** The body of an identification: one to five photos of a plant, and what part of it each shows. Bounded before and while it is read (IN1). */
import type { IncomingMessage } from 'node:http'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Clock } from '../../clock.ts'
import { recogniseKind } from '../../identify/photo-kind.ts'
import { heardBody } from '../heard-body.ts'
import { boundaryOf, type FormPart, parseForm } from '../multipart.ts'
import { brokenUpload } from '../uploads.ts'
import { type Fault, fault, faultOf } from './faults.ts'

export const MOST_IMAGES = 5
/** Of all images together. */
export const MOST_IMAGE_BYTES = 52_428_800
/** With what a form has around them. */
export const MOST_BODY_BYTES = MOST_IMAGE_BYTES + (64 << 10)

export const ORGANS = ['leaf', 'flower', 'fruit', 'bark', 'auto'] as const
export type Organ = (typeof ORGANS)[number]

export type AskedPhoto = { bytes: Buffer; filename: string; organ: Organ }

/** `organsInQuery`: some programs send them there. */
export async function readIdentifyForm(
  incoming: IncomingMessage,
  clock: Clock,
  organsInQuery: readonly string[],
): Promise<AskedPhoto[] | Fault> {
  const boundary = boundaryOf(incoming.headers['content-type'] ?? null)
  if (boundary === null) {
    return fault(
      400,
      'The images have to come as a form: multipart/form-data with one to five fields “images”.',
    )
  }
  const body = await receive(incoming, clock)
  if ('kind' in body) return body
  const parts = parseForm(body, boundary)
  if (parts === null) return fault(400, 'The form is malformed, or ends before it is whole.')
  return photosIn(parts, organsInQuery)
}

async function receive(incoming: IncomingMessage, clock: Clock): Promise<Buffer | Fault> {
  const body = await heardBody(incoming, MOST_BODY_BYTES, clock)
  if (typeof body !== 'string') return body
  return body === 'too-large' ? tooLarge() : faultOf(brokenUpload(body, MOST_BODY_BYTES))
}

function photosIn(parts: readonly FormPart[], organsInQuery: readonly string[]): AskedPhoto[] | Fault {
  const named = (field: string) => parts.filter((part) => part.field === field || part.field === `${field}[]`)
  const images = named('images')
  if (images.length === 0) return fault(400, 'There is no image: send one to five in fields “images”.')
  if (images.length > MOST_IMAGES) {
    return fault(400, `There are ${images.length} images; at most ${MOST_IMAGES} of one plant are taken.`)
  }
  if (images.reduce((sum, { bytes }) => sum + bytes.length, 0) > MOST_IMAGE_BYTES) return tooLarge()
  const organs = organsOf(named('organs').map(({ bytes }) => bytes.toString('utf8', 0, 100)))
  const organ = organs.length > 0 ? organs : organsOf(organsInQuery)
  if (organ.length > 0 && organ.length !== images.length) {
    return fault(
      400,
      `There are ${organ.length} organs for ${images.length} images: send one for each, or none.`,
    )
  }
  for (const { bytes } of images) {
    const kind = recogniseKind(bytes)
    if (isRejection(kind)) return faultOf(kind)
  }
  return images.map(({ bytes, filename }, i) => ({
    bytes,
    filename: filename ?? '',
    organ: organ[i] ?? 'auto',
  }))
}

/** Any other word is as good as none. */
export function organsOf(words: readonly string[]): Organ[] {
  return words
    .flatMap((text) => text.split(','))
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text !== '')
    .map((text) => ORGANS.find((organ) => organ === text) ?? 'auto')
}

function tooLarge(): Fault {
  return fault(413, `The images of one identification have ${MOST_IMAGE_BYTES} bytes together at most.`)
}
