/**
 * A worker's bearer token: its id and a keyed hash of it. Nothing is stored, and a worker that comes back after a restart is
 * itself again; a token that was not made with this folder's key names nobody.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { WorkerId } from '@worldflora/protocol/ids'
import * as v from 'valibot'

export function secretOf(workerId: WorkerId, key: Buffer): string {
  return `${workerId}.${createHmac('sha256', key).update(workerId).digest('base64url')}`
}

/** Whose it is; null if it is nobody's. */
export function ownerOf(secret: string, key: Buffer): WorkerId | null {
  const parsed = v.safeParse(WorkerId, secret.split('.')[0])
  if (!parsed.success) return null
  const expected = Buffer.from(secretOf(parsed.output, key))
  const given = Buffer.from(secret)
  return given.length === expected.length && timingSafeEqual(given, expected) ? parsed.output : null
}
