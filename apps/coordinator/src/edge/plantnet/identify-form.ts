/** The form of an identification: one to five photos of a plant, and what part of it each shows. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import { type FormFault, readForm } from '../form.ts'
import type { FormPart } from '../multipart.ts'
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

/** For a body that does not say how long it is, and so holds the room of the largest. */
const UNSTATED_WITHIN_MS = 60_000

/** `organsInQuery`: some programs send them there. */
export async function readIdentifyForm(
  incoming: IncomingMessage,
  clock: Clock,
  organsInQuery: readonly string[],
): Promise<AskedPhoto[] | Fault> {
  const isStated = incoming.headers['content-length'] !== undefined
  const bounds = { mostBytes: MOST_BODY_BYTES, ...(!isStated && { withinMs: UNSTATED_WITHIN_MS }) }
  const parts = await readForm(incoming, bounds, clock)
  return Array.isArray(parts) ? photosIn(parts, organsInQuery) : unread(parts)
}

function unread(unread: FormFault): Fault {
  switch (unread) {
    case 'no-form':
      return fault(
        400,
        'The images have to come as a form: multipart/form-data with one to five fields “images”.',
      )
    case 'malformed':
      return fault(400, 'The form is malformed, or ends before it is whole.')
    case 'too-large':
      return tooLarge()
    default:
      return faultOf(unread)
  }
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
