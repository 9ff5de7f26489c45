/**
 * /v2: Pl@ntNet's API, for programs that were written for it (docs/protocol.md, PN1 and on). Open to pages of every origin: what keeps
 * strangers out is the key.
 */
import type { HttpBindings } from '@hono/node-server'
import { Hash } from '@worldflora/protocol/ids'
import { Hono } from 'hono'
import * as v from 'valibot'
import { StorageFault } from '../../store/storage-fault.ts'
import { bodiesHeard } from '../heard-body.ts'
import type { Site } from '../site.ts'
import { docsPage } from './docs-page.ts'
import { answerFault, fault, faultOf } from './faults.ts'
import { plantnetFloraRoutes } from './flora-routes.ts'
import { identifyRoutes } from './identify-routes.ts'
import { type Keyed, keyOnly } from './key-guard.ts'
import { openApiDocument } from './openapi.ts'
import { quotaRoutes } from './quota-routes.ts'

const LONGEST_ADDRESS = 8192

const OPEN_TO_ALL = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After',
  'cross-origin-resource-policy': 'cross-origin',
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}

export function plantnetRoutes(site: Site): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.onError((err) => {
    if (err instanceof StorageFault) return answerFault(faultOf(err.rejection))
    site.log.error({ err }, 'a request of /v2 failed')
    return answerFault(fault(500, 'The site failed on this request: its operator can see why.'))
  })
  routes.use(async (c, next) => {
    if (c.req.method === 'OPTIONS') c.res = new Response(null, { status: 204, headers: PREFLIGHT })
    else if ((c.env.incoming.url ?? '').length > LONGEST_ADDRESS) {
      c.res = answerFault(fault(414, `An address has ${LONGEST_ADDRESS} letters at most.`))
    } else await next()
    for (const [name, value] of Object.entries(OPEN_TO_ALL)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })

  routes.use(bodiesHeard(site.clock))

  routes.get('/_status', () => Response.json({ status: 'ok' }))
  routes.get('/openapi.json', (c) =>
    Response.json(openApiDocument(site.version, site.proxies.originOf(c.req.url, c.env.incoming))),
  )
  routes.get('/docs', () => docsPage(site.version))
  routes.get('/photos/:shard/:file{[0-9]{1,7}\\.jpg}', async (c) => {
    const shard = v.safeParse(Hash, c.req.param('shard'))
    const model = await site.identifier.published()
    const sample = Number.parseInt(c.req.param('file'), 10)
    const jpeg =
      shard.success && model !== null ? await site.references.jpegOf(model, shard.output, sample) : null
    if (jpeg === null) return answerFault(fault(404, 'There is no such photo.'))
    const headers = { 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=31536000, immutable' }
    return new Response(jpeg, { headers })
  })

  const keyed = new Hono<Keyed>()
  keyed.use(keyOnly(site.apiKeys))
  keyed.route('/identify', identifyRoutes(site))
  keyed.route('/', plantnetFloraRoutes(site))
  keyed.route('/', quotaRoutes(site))
  keyed.all('*', (c) => answerFault(fault(404, `There is no ${c.req.method} ${c.req.path}.`)))
  routes.route('/', keyed)
  return routes
}
