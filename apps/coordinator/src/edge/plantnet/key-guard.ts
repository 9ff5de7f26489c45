/** Lets programs through that have a key, from pages that may use it, and tells them how much of its day is left. */
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import type { ApiKeys } from '../../api-keys/api-keys.ts'
import type { ApiKeyRecord } from '../../store/store.ts'
import { answerFault, fault } from './faults.ts'

export type Keyed = { Bindings: HttpBindings; Variables: { key: ApiKeyRecord } }

const DAY_SECONDS = 24 * 3600

export function keyOnly(apiKeys: ApiKeys): MiddlewareHandler<Keyed> {
  return async (c, next) => {
    const secret = c.req.query('api-key')
    if (secret === undefined || secret === '') {
      return answerFault(
        fault(401, 'There is no api-key in the address: the operator of this site gives one.'),
      )
    }
    const key = await apiKeys.find(secret)
    if (key === null) return answerFault(fault(403, 'This key is not known here, or was revoked.'))
    const origin = c.req.header('origin')
    // Only browsers send one. Other programs are held to the key alone.
    if (origin !== undefined && key.origins.length > 0 && !key.origins.includes(origin)) {
      return answerFault(fault(403, 'This key is not for pages of this origin.'))
    }
    c.set('key', key)
    await next()
    // draft-ietf-httpapi-ratelimit-headers: the quota of the day, and what is left until it turns.
    const left = await apiKeys.remaining(key)
    c.res.headers.set('ratelimit-policy', `"identify";q=${key.dailyQuota};w=${DAY_SECONDS}`)
    c.res.headers.set('ratelimit', `"identify";r=${left};t=${apiKeys.secondsUntilTomorrow()}`)
  }
}
