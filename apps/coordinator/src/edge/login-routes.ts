/** /api/login and /api/operator: a token becomes a cookie that no script can read and no other site can use. */

import type { HttpBindings } from '@hono/node-server'
import { LoginRequest } from '@worldflora/protocol/operator'
import { isRejection, reject } from '@worldflora/protocol/rejection'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { answer, answerRejection } from './answer.ts'
import { Attempts } from './attempts.ts'
import { readJson } from './body.ts'
import { SESSION_MS } from './operator-access.ts'
import { foreignOrigin, isSameOrigin, operatorOnly, SESSION_COOKIE } from './operator-guard.ts'
import type { Site } from './site.ts'

/** Guessing a 192-bit token is hopeless, and who tries is told to stop. */
const FAILURES = { attempts: 10, windowMs: 60_000 }

type Bound = { Bindings: HttpBindings }

export function loginRoutes({ operator, proxies, clock }: Site): Hono<Bound> {
  const attempts = new Attempts(FAILURES)
  const cookieOptions = (c: Context<Bound>) => {
    const secure = proxies.originOf(c.req.url, c.env.incoming).startsWith('https:')
    return { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const
  }
  const routes = new Hono<Bound>()

  routes.post('/login', async (c) => {
    // Only browsers send an origin; from elsewhere it would log somebody in as an operator they are not.
    if (c.req.header('origin') !== undefined && !isSameOrigin(c.req.raw))
      return answerRejection(foreignOrigin())
    const login = await readJson(c.req.raw, LoginRequest, 'the login')
    if (isRejection(login)) return answerRejection(login)
    const session = await operator.login(login.token)
    if (session === null) {
      const address = proxies.visitorOf(c.env.incoming)
      // A right token is always good: many people may have one address.
      if (!attempts.isAllowed(address, clock.nowMs())) {
        return answerRejection(
          reject(
            'too-many-attempts',
            'Too many wrong tokens from this address.',
            'Wait a minute, then try again.',
          ),
        )
      }
      attempts.note(address, clock.nowMs())
      return answerRejection(
        reject(
          'wrong-token',
          'This link was used already, or is not valid.',
          'Get a new one: npx worldflora operator-link.',
        ),
      )
    }
    setCookie(c, SESSION_COOKIE, session, { ...cookieOptions(c), maxAge: SESSION_MS / 1000 })
    return c.json({ operator: true })
  })

  routes.delete('/login', async (c) => {
    if (!isSameOrigin(c.req.raw)) return answerRejection(foreignOrigin())
    const session = getCookie(c, SESSION_COOKIE)
    if (session !== undefined) await operator.logout(session)
    deleteCookie(c, SESSION_COOKIE, cookieOptions(c))
    return c.json({ operator: false })
  })

  routes.get('/operator', operatorOnly(operator), () => answer({ operator: true }))

  // The token is in the fragment: it reaches no server log and no referrer.
  routes.post('/operator-links', operatorOnly(operator), () =>
    answer({ path: `/dashboard#token=${operator.makeLink()}` }, 201),
  )

  return routes
}
