/** The HTTP API, route by route; everything else is a page. */
import { reject } from '@worldflora/protocol/rejection'
import { Hono } from 'hono'
import { StorageFault } from '../store/storage-fault.ts'
import { answer, answerRejection } from './answer.ts'
import { blobRoutes } from './blob-routes.ts'
import { floraRoutes } from './flora-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { loginRoutes } from './login-routes.ts'
import { operatorOnly } from './operator-guard.ts'
import { plantnetRoutes } from './plantnet/routes.ts'
import { referenceRoutes } from './reference-routes.ts'
import { resultRoutes } from './result-routes.ts'
import { runRoutes } from './run-routes.ts'
import { securityHeaders } from './security-headers.ts'
import type { Site } from './site.ts'
import { statusOfSite } from './status.ts'
import { speciesRoutes, submissionRoutes } from './submission-routes.ts'

/** What is answered until the store is open. */
export function startingApp(): Hono {
  const app = new Hono()
  app.use(securityHeaders())
  app.get('/healthz', () => answer({ ok: true, ready: false }))
  app.all('*', () =>
    answerRejection(reject('not-ready', 'The coordinator is starting.', 'Try again in a moment.')),
  )
  return app
}

export function siteApp(site: Site, pages: Hono): Hono {
  const { runs, roster, conductor, journal, operator, store, log } = site
  const guard = operatorOnly(operator)
  const app = new Hono()
  app.use(securityHeaders())
  app.onError((err) => {
    if (err instanceof StorageFault) return answerRejection(err.rejection)
    log.error({ err }, 'a request failed')
    const rejection = reject('internal', 'The coordinator failed on this request.', 'Its log says why.')
    return Response.json(rejection, { status: 500 })
  })

  app.get('/healthz', () => answer({ ok: true, ready: true }))
  app.get('/api/status', async () => answer(await statusOfSite(site)))
  app.get('/api/model', async () => {
    const none = reject('no-model', 'No model is published yet.', 'Publish one: npx worldflora publish RUN.')
    return answer((await store.latestModel()) ?? none)
  })
  app.get('/api/workers', guard, () => {
    const names = new Map(runs.statuses().map(({ id, name }) => [id as string, name]))
    return answer(
      roster.summaries(
        (id) => conductor.leasesOf(id),
        (id) => names.get(id) ?? id,
      ),
    )
  })
  app.get('/api/health', guard, () => answer(site.health.now()))
  app.get('/api/events', guard, async () => answer(await journal.latest()))
  app.route('/api', loginRoutes(site))
  app.route('/api/floras', floraRoutes(site))
  app.route('/api/keys', keyRoutes(site))
  app.route('/api/submissions', submissionRoutes(site))
  app.route('/api/species', speciesRoutes(site))
  app.route('/api/runs', runRoutes(site))
  app.route('/api/leases', resultRoutes(site))
  app.route('/api/references', referenceRoutes(site))
  app.route('/blobs', blobRoutes(site.blobs, operator))
  app.all('/api/*', (c) =>
    answerRejection(
      reject(
        'no-route',
        `There is no ${c.req.method} ${c.req.path}.`,
        'docs/protocol.md lists what there is.',
      ),
    ),
  )
  app.route('/v2', plantnetRoutes(site))
  app.route('/', pages)
  return app
}
