/** A form with files as it comes in: bounded before and while it is read (IN1). Which fields it has, whoever reads it says. */
import type { IncomingMessage } from 'node:http'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Clock } from '../clock.ts'
import { type BodyBounds, heardBody } from './heard-body.ts'
import { boundaryOf, type FormPart, parseForm } from './multipart.ts'
import { brokenUpload } from './uploads.ts'

/** A rejection: it has not arrived. */
export type FormFault = 'no-form' | 'malformed' | 'too-large' | Rejection

export async function readForm(
  incoming: IncomingMessage,
  bounds: BodyBounds,
  clock: Clock,
): Promise<FormPart[] | FormFault> {
  const boundary = boundaryOf(incoming.headers['content-type'] ?? null)
  if (boundary === null) return 'no-form'
  const body = await heardBody(incoming, bounds, clock)
  if (body === 'too-large') return body
  if (typeof body === 'string') return brokenUpload(body, bounds.mostBytes)
  return parseForm(body, boundary) ?? 'malformed'
}
