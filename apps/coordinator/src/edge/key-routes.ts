/** /api/keys: the operator's list of programs that may ask /v2. */
import { MakeApiKey } from '@worldflora/protocol/api-keys'
import { isRejection } from '@worldflora/protocol/rejection'
import { Hono } from 'hono'
import { answer, answerRejection } from './answer.ts'
import { readJson } from './body.ts'
import { operatorOnly } from './operator-guard.ts'
import type { Site } from './site.ts'

export function keyRoutes({ apiKeys, operator, journal }: Site): Hono {
  const routes = new Hono()
  routes.use(operatorOnly(operator))

  routes.get('/', async () => answer(await apiKeys.list()))

  routes.post('/', async (c) => {
    const wish = await readJson(c.req.raw, MakeApiKey, 'the key')
    if (isRejection(wish)) return answerRejection(wish)
    const made = await apiKeys.make(wish)
    if (!isRejection(made)) journal.note('key-made', null, `A key for “${made.name}” was made.`)
    return answer(made, 201)
  })

  routes.delete('/:id', async (c) => {
    const revoked = await apiKeys.revoke(c.req.param('id'))
    if (!isRejection(revoked)) journal.note('key-revoked', null, `The key of “${revoked.name}” was revoked.`)
    return answer(revoked)
  })

  return routes
}
