/** The form of a submission: a statement and one to five photos, parsed here (IN1). */
import type { IncomingMessage } from 'node:http'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { refuseSubmission, Statement, SUBMISSION_LIMITS } from '@worldflora/protocol/submissions'
import type { Clock } from '../clock.ts'
import { parseJson } from './body.ts'
import { type FormFault, readForm } from './form.ts'

const {
  photos: MOST_PHOTOS,
  photoBytes: MOST_PHOTO_BYTES,
  statementBytes: MOST_STATEMENT_BYTES,
} = SUBMISSION_LIMITS

/** With what a form has around them. */
const MOST_BODY_BYTES = MOST_PHOTOS * MOST_PHOTO_BYTES + MOST_STATEMENT_BYTES + (8 << 10)
/** All that may come at once takes so long at 175 kB/s, one photo at 35. Who is slower sends fewer at once, and keeps nobody waiting. */
const WITHIN_MS = 60_000

export type SubmissionForm = { statement: Statement; photos: Buffer[] }

export async function readSubmissionForm(
  incoming: IncomingMessage,
  clock: Clock,
): Promise<SubmissionForm | Rejection> {
  const parts = await readForm(incoming, { mostBytes: MOST_BODY_BYTES, withinMs: WITHIN_MS }, clock)
  if (!Array.isArray(parts)) return unread(parts)
  const statements = parts.filter(({ field }) => field === 'statement')
  const photos = parts.filter(({ field }) => field === 'photos').map(({ bytes }) => bytes)
  const [text] = statements.map(({ bytes }) => bytes)
  if (text === undefined || parts.length !== photos.length + 1)
    return malformed('its fields are one “statement” and some “photos”')
  if (text.byteLength > MOST_STATEMENT_BYTES) return malformed('its statement is too long')
  const statement = parseJson(new Uint8Array(text), Statement, 'the statement')
  if (isRejection(statement)) {
    return refuseSubmission('invalid-submission', statement.message, statement.action)
  }
  if (photos.length !== statement.organs.length)
    return malformed(`it has ${photos.length} photos, and its statement is of ${statement.organs.length}`)
  if (photos.some(({ byteLength }) => byteLength > MOST_PHOTO_BYTES)) return tooLarge()
  return { statement, photos }
}

function unread(fault: FormFault): Rejection {
  switch (fault) {
    case 'no-form':
      return malformed('it is no form (multipart/form-data)')
    case 'malformed':
      return malformed('it ends before it is whole')
    case 'too-large':
      return tooLarge()
    default:
      return fault
  }
}

function malformed(why: string): Rejection {
  return refuseSubmission(
    'invalid-submission',
    `The submission is not valid: ${why}.`,
    'Load the page again and send it once more.',
  )
}

function tooLarge(): Rejection {
  return refuseSubmission(
    'photos-too-large',
    `A photo may have ${MOST_PHOTO_BYTES} bytes here, and ${MOST_PHOTOS} are taken at once.`,
    'Send fewer, or smaller ones.',
  )
}
