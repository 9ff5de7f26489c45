/** How a rejection travels over HTTP: its own JSON under the status that fits its code. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { SubmissionRefusal } from '@worldflora/protocol/submissions'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

const OF_SUBMISSIONS: Record<SubmissionRefusal, ContentfulStatusCode> = {
  'invalid-submission': 400,
  'photos-too-large': 413,
  'photo-size': 400,
  'broken-photo': 400,
  'other-flora': 409,
  'too-many-submissions': 429,
  'too-much-to-do': 429,
  'queue-full': 507,
}

const STATUS: Record<string, ContentfulStatusCode> = {
  ...OF_SUBMISSIONS,
  'not-operator': 401,
  'not-a-worker': 401,
  'wrong-token': 401,
  'foreign-origin': 403,
  'no-run': 404,
  'no-model': 404,
  'no-blob': 404,
  'no-key': 404,
  'no-submission': 404,
  'no-references': 404,
  'too-many-keys': 409,
  'no-route': 404,
  'other-run-of-that-name': 409,
  'unknown-species': 409,
  'run-finished': 409,
  'run-not-paused': 409,
  'run-halted': 409,
  'no-checkpoint': 409,
  'nothing-left': 409,
  'upload-stalled': 408,
  'upload-too-slow': 408,
  'upload-broken': 408,
  'upload-replaced': 409,
  'too-large': 413,
  'too-many-attempts': 429,
  'not-ready': 503,
  'store-unavailable': 503,
  'not-writable': 503,
  'disk-full': 507,
}

export function answerRejection(rejection: Rejection): Response {
  const status = STATUS[rejection.code] ?? 400
  // The rest of such a body is not read: the connection cannot be used again.
  const isCutOff = rejection.code === 'too-large' || rejection.code.startsWith('upload-')
  const headers = { ...(isCutOff ? { connection: 'close' } : {}), 'cache-control': 'no-store' }
  return Response.json(rejection, { status, headers })
}

/** Whatever a route's function came to. */
export function answer(value: object | Rejection, status = 200): Response {
  if (isRejection(value)) return answerRejection(value)
  return Response.json(value, { status, headers: { 'cache-control': 'no-store' } })
}
