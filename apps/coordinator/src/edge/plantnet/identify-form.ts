/** The body of an identification: one to five photos of a plant, and what part of it each shows. Bounded before and while it is read (IN1). */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import { heardBody } from '../heard-body.ts'
import { boundaryOf, type FormPart, parseForm } from '../multipart.ts'
import { brokenUpload } from '../uploads.ts'
import {
  type AskedPhoto,
  askedPhotos,
  faultOfCount,
  MOST_IMAGE_BYTES,
  organsOf,
  tooLarge,
} from './asked-photos.ts'
import { type Fault, fault, faultOf } from './faults.ts'

/** With what a form has around its images. */
export const MOST_BODY_BYTES = MOST_IMAGE_BYTES + (64 << 10)

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
  const body = await heardBody(incoming, { mostBytes: MOST_BODY_BYTES }, clock)
  if (typeof body !== 'string') return body
  return body === 'too-large' ? tooLarge() : faultOf(brokenUpload(body, MOST_BODY_BYTES))
}

function photosIn(parts: readonly FormPart[], organsInQuery: readonly string[]): AskedPhoto[] | Fault {
  const named = (field: string) => parts.filter((part) => part.field === field || part.field === `${field}[]`)
  const images = named('images').map(({ bytes, filename }) => ({ bytes, filename: filename ?? '' }))
  const organs = organsOf(named('organs').map(({ bytes }) => bytes.toString('utf8', 0, 100)))
  return (
    faultOfCount(images.length, 'send one to five in fields “images”') ??
    askedPhotos(images, organs.length > 0 ? organs : organsOf(organsInQuery))
  )
}
