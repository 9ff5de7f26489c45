/** /api/runs: looking is open to all, steering is the operator's. */
import { PutRunState } from '@worldflora/protocol/http'
import { RunId } from '@worldflora/protocol/ids'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import { RunConfig } from '@worldflora/protocol/run-config'
import { Hono } from 'hono'
import { answer, answerRejection } from './answer.ts'
import { readJson } from './body.ts'
import { operatorOnly } from './operator-guard.ts'
import type { Site } from './site.ts'

export function runRoutes({ runs, operator }: Site): Hono {
  const routes = new Hono()
  const guard = operatorOnly(operator)
  const runIdOf = (id: string) => parseOrReject(RunId, id, 'the run’s id')

  routes.post('/', guard, async (c) => {
    const config = await readJson(c.req.raw, RunConfig, 'the run')
    if (isRejection(config)) return answerRejection(config)
    const opened = await runs.open(config)
    return answer(opened, isRejection(opened) || opened.resumed ? 200 : 201)
  })

  routes.get('/:id', (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : runs.detail(id))
  })

  routes.get('/:id/history', async (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : await runs.history(id))
  })

  routes.post('/:id/state', guard, async (c) => {
    const id = runIdOf(c.req.param('id'))
    if (isRejection(id)) return answerRejection(id)
    const wish = await readJson(c.req.raw, PutRunState, 'the state')
    if (isRejection(wish)) return answerRejection(wish)
    return answer((await runs.setState(id, wish.state)) ?? runs.detail(id))
  })

  routes.post('/:id/publish', guard, async (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : await runs.publish(id))
  })

  return routes
}
