/** /api/runs: looking is open to all, steering is the operator's. */

import { RunId } from '@worldflora/protocol/ids'
import {
  ForkRun,
  PutRetention,
  RollBackRun,
  WEIGHTS_HEADERS,
  WeightsQuery,
} from '@worldflora/protocol/kept-checkpoints'
import { OrderFeatures } from '@worldflora/protocol/ordered-features'
import { isRejection, parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import { RunConfig } from '@worldflora/protocol/run-config'
import { PutPriority, PutRunState } from '@worldflora/protocol/runs'
import { Hono } from 'hono'
import type * as v from 'valibot'
import { sha256 } from '../store/blob-store.files.ts'
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

  routes.get('/:id/checkpoints', async (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : await runs.checkpoints(id))
  })

  routes.get('/:id/weights', guard, async (c) => {
    const id = runIdOf(c.req.param('id'))
    if (isRejection(id)) return answerRejection(id)
    const wish = parseOrReject(WeightsQuery, c.req.query(), 'the query')
    if (isRejection(wish)) return answerRejection(wish)
    const found = await runs.weights(id, wish.step ?? null)
    if (isRejection(found)) return answerRejection(found)
    const { step, weights } = found
    const checkpoint = sha256(weights)
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }
    return new Response(weights, {
      headers: { ...headers, [WEIGHTS_HEADERS.step]: String(step), [WEIGHTS_HEADERS.checkpoint]: checkpoint },
    })
  })

  routes.get('/:id/features', (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : runs.features(id))
  })

  /** The operator's order to one run, with a body. */
  function order<S extends v.GenericSchema>(
    path: string,
    schema: S,
    carryOut: (id: RunId, wish: v.InferOutput<S>) => Promise<object | Rejection>,
    status = 200,
  ): void {
    routes.post(`/:id/${path}`, guard, async (c) => {
      const id = runIdOf(c.req.param('id'))
      if (isRejection(id)) return answerRejection(id)
      const wish = await readJson(c.req.raw, schema, `the body of ${path}`)
      return isRejection(wish) ? answerRejection(wish) : answer(await carryOut(id, wish), status)
    })
  }
  order('state', PutRunState, async (id, { state }) => (await runs.setState(id, state)) ?? runs.detail(id))
  order('fork', ForkRun, (id, wish) => runs.fork(id, wish), 201)
  order('rollback', RollBackRun, (id, wish) => runs.rollBack(id, wish))
  order('features', OrderFeatures, (id, wish) => runs.orderFeatures(id, wish), 202)
  order('priority', PutPriority, async (id, wish) => (await runs.setSettings(id, wish)) ?? runs.detail(id))
  order('retention', PutRetention, async (id, wish) => (await runs.setSettings(id, wish)) ?? runs.detail(id))

  routes.post('/:id/publish', guard, async (c) => {
    const id = runIdOf(c.req.param('id'))
    return answer(isRejection(id) ? id : await runs.publish(id))
  })

  return routes
}
