/** What the site, or something between it and the page, answers to photos that were sent. */
import { isRejection, parseOrReject, Rejection, reject } from '@worldflora/protocol/rejection'
import { ReceivedSubmission, refuseSubmission } from '@worldflora/protocol/submissions'

export function outcomeOf(status: number, text: string): { photos: number } | Rejection {
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    // Something in between answers with a page of its own.
  }
  if (status >= 200 && status < 300) return parseOrReject(ReceivedSubmission, body, 'the answer')
  // A fault of the site's own says what its operator has to do.
  if (isRejection(body) && body.code !== 'internal') return parseOrReject(Rejection, body, 'the refusal')
  if (status === 413) {
    return refuseSubmission(
      'photos-too-large',
      'The photos are too large for this site.',
      'Give fewer at once.',
    )
  }
  if (status === 429) {
    return refuseSubmission(
      'too-many-submissions',
      'Too much came from your address.',
      'Send the rest in an hour.',
    )
  }
  return reject(
    'give-refused',
    `The site refused the photos (${status}).`,
    'Try later, or tell its operator.',
  )
}
