/** POST /v2/identify: photos of one plant in, species out. Each step can end it with a fault; only an answer counts for the key's quota. */
import { isRejection } from '@worldflora/protocol/rejection'
import { type Context, Hono } from 'hono'
import { Room } from '../room.ts'
import type { Site } from '../site.ts'
import { answerFault, answerWith, type Fault, fault, faultOf, isFault, NOT_FOUND, noModel } from './faults.ts'
import { answerOf } from './identify-answer.ts'
import { MOST_BODY_BYTES, readIdentifyForm } from './identify-form.ts'
import type { Keyed } from './key-guard.ts'
import { faultOfProject } from './projects.ts'
import { IdentifyQuery, parseQuery } from './queries.ts'

/** Bodies in memory at one time, from their first byte until they are answered; the next ones wait at their sockets. */
const BYTES_AT_ONCE = 256 << 20

export function identifyRoutes(site: Site): Hono<Keyed> {
  const room = new Room(BYTES_AT_ONCE)
  const routes = new Hono<Keyed>()

  async function identify(c: Context<Keyed>, project: string): Promise<object | Fault> {
    const { identifier, apiKeys, references, clock } = site
    const key = c.var.key
    const query = parseQuery(IdentifyQuery, c.req.query())
    if (isFault(query)) return query
    const model = await identifier.published()
    if (model === null) return noModel()
    const unknown = faultOfProject(model, project)
    if (unknown !== null) return unknown

    const declared = Number(c.req.header('content-length') ?? MOST_BODY_BYTES)
    const form = await room.hold(Math.min(declared, MOST_BODY_BYTES), async () => {
      const photos = await readIdentifyForm(c.env.incoming, clock, c.req.queries('organs') ?? [])
      if (isFault(photos)) return photos
      const named = await identifier.scoresOf(
        model,
        photos.map(({ bytes }) => bytes),
      )
      return isRejection(named) ? faultOf(named) : { photos, ...named }
    })
    if (isFault(form)) return form
    const { photos, scores, isPlant, organs } = form
    if (!isPlant && !query['no-reject']) return NOT_FOUND
    const asked = photos.map(({ organ }) => organ)
    return answerOf({
      model,
      project,
      query,
      photos,
      scores,
      organs,
      related: (species) => references.of(model, species, asked),
      origin: new URL(c.req.url).origin,
      remaining: await apiKeys.remaining(key),
    })
  }

  async function answer(c: Context<Keyed>): Promise<Response> {
    const { identifier, apiKeys } = site
    const giveBack = await apiKeys.take(c.var.key)
    if (giveBack === null) {
      return answerFault(
        fault(429, 'Today’s identifications of this key are used up.', apiKeys.secondsUntilTomorrow()),
      )
    }
    let isAnswered = false
    try {
      const outcome = await identifier.admit(() => identify(c, c.req.param('project') ?? 'all'))
      if ('retryAfterSeconds' in outcome && !isFault(outcome)) {
        return answerFault(
          fault(429, 'There is too much to do at the moment.', Number(outcome.retryAfterSeconds)),
        )
      }
      isAnswered = !isFault(outcome) || outcome === NOT_FOUND
      return answerWith(outcome)
    } finally {
      if (!isAnswered) giveBack()
    }
  }

  routes.post('/', answer)
  routes.post('/:project', answer)
  // It would have the server fetch what a stranger names.
  routes.get('/:project?', () =>
    answerFault(fault(403, 'Images are not fetched by their addresses here: send them in a POST.')),
  )
  return routes
}
