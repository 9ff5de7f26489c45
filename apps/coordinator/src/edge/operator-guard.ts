/** Lets operators through. A cookie alone does not change anything: the request must come from our own pages (CSRF). */
import { reject } from '@worldflora/protocol/rejection'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { answerRejection } from './answer.ts'
import type { OperatorAccess } from './operator-access.ts'

export const SESSION_COOKIE = 'worldflora_operator'

export function bearerOf(request: Request): string | null {
  return request.headers.get('authorization')?.match(/^Bearer (.+)$/)?.[1] ?? null
}

export function operatorOnly(operator: OperatorAccess): MiddlewareHandler {
  return async (c, next) => {
    const bearer = bearerOf(c.req.raw)
    if (bearer !== null && operator.isToken(bearer)) return next()
    const session = getCookie(c, SESSION_COOKIE)
    if (session === undefined || !(await operator.hasSession(session))) {
      return answerRejection(
        reject(
          'not-operator',
          'Only the operator may do this.',
          'Open a new operator link: npx worldflora operator-link.',
        ),
      )
    }
    if (!isSafe(c.req.method) && !isSameOrigin(c.req.raw)) return answerRejection(foreignOrigin())
    return next()
  }
}

export function foreignOrigin() {
  return reject('foreign-origin', 'This request came from another site.', 'Use the pages of this site.')
}

/** Whether a browser says so. Sec-Fetch-Site where it is sent (https, localhost), else the Origin. */
export function isSameOrigin({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  // Hosts alone: a proxy that nobody named ends TLS and does not say so. Some of them write the scheme's usual port out.
  const own = `${protocol}//${headers.get('host')}`
  return URL.canParse(own) && new URL(own).host === host
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
