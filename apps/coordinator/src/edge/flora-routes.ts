/** /api/floras: the operator's collections of photos. Their bytes are blobs already; here they get a name. */
import { PutFlora } from '@worldflora/protocol/floras'
import { Slug } from '@worldflora/protocol/ids'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import { Hono } from 'hono'
import { answer, answerRejection } from './answer.ts'
import { readJson } from './body.ts'
import { operatorOnly } from './operator-guard.ts'
import type { Site } from './site.ts'

export function floraRoutes({ floras, operator, journal }: Site): Hono {
  const routes = new Hono()
  routes.use(operatorOnly(operator))

  routes.get('/', async () => answer(await floras.list()))

  routes.put('/:name', async (c) => {
    const name = parseOrReject(Slug, c.req.param('name'), 'the flora’s name')
    if (isRejection(name)) return answerRejection(name)
    const put = await readJson(c.req.raw, PutFlora, 'the flora')
    if (isRejection(put)) return answerRejection(put)
    const summary = await floras.put(name, put.manifest)
    if (!isRejection(summary)) {
      const { train, val, test } = summary.photos
      journal.note(
        'flora-imported',
        null,
        `${name}: ${summary.species} species, ${train + val + test} photos.`,
      )
    }
    return answer(summary)
  })

  return routes
}
