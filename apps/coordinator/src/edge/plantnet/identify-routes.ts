/** /v2/identify: photos of one plant in, species out. Each step can end it with a fault; only an answer counts for the key's quota. */
import { isRejection } from '@worldflora/protocol/rejection'
import { type Context, Hono } from 'hono'
import { isBusy } from '../../identify/identifier.ts'
import { Room, SharedRoom } from '../room.ts'
import type { Site } from '../site.ts'
import { type AskedPhoto, MOST_IMAGE_BYTES, organsOf } from './asked-photos.ts'
import { answerFault, answerWith, type Fault, fault, faultOf, isFault, NOT_FOUND, noModel } from './faults.ts'
import { fetchPhotos } from './identify-addresses.ts'
import { answerOf } from './identify-answer.ts'
import { MOST_BODY_BYTES, readIdentifyForm } from './identify-form.ts'
import type { Keyed } from './key-guard.ts'
import { faultOfProject } from './projects.ts'
import { IdentifyQuery, parseQuery } from './queries.ts'

/** Requests whose photos are fetched at one time: each may hold the largest body's room for as long as a slow host takes. */
const FETCHES_AT_ONCE = 2
/** Bodies in memory at one time, from their first byte until they are answered; the next ones wait at their sockets. */
const BYTES_AT_ONCE = 256 << 20
/** Of them for one key. */
const BYTES_OF_ONE = 160 << 20

export function identifyRoutes(site: Site): Hono<Keyed> {
  const room = new SharedRoom(BYTES_AT_ONCE, BYTES_OF_ONE)
  const fetching = new Room(FETCHES_AT_ONCE)
  const routes = new Hono<Keyed>()

  /** `onFetch`: others are asked for the photos, so whatever comes of it counts for the key. */
  async function identify(c: Context<Keyed>, project: string, onFetch: () => void): Promise<object | Fault> {
    const { identifier, apiKeys, references, proxies, clock } = site
    const key = c.var.key
    const query = parseQuery(IdentifyQuery, c.req.query())
    if (isFault(query)) return query
    const model = await identifier.published()
    if (model === null) return noModel()
    const unknown = faultOfProject(model, project)
    if (unknown !== null) return unknown

    const organs = c.req.queries('organs') ?? []
    const look = async (asked: Promise<AskedPhoto[] | Fault>) => {
      const photos = await asked
      if (isFault(photos)) return photos
      const named = await identifier.scoresOf(
        model,
        photos.map(({ bytes }) => bytes),
      )
      return isRejection(named) ? faultOf(named) : { photos, ...named }
    }
    const declared = Number(c.req.header('content-length') ?? MOST_BODY_BYTES)
    const read =
      c.req.method === 'POST'
        ? await room.hold(key.id, Math.min(declared, MOST_BODY_BYTES), () =>
            look(readIdentifyForm(c.env.incoming, clock, organs)),
          )
        : await fetching.hold(1, () =>
            room.hold(key.id, MOST_IMAGE_BYTES, () =>
              look(fetchPhotos(c.req.queries('images') ?? [], organsOf(organs), site.imageHosts, onFetch)),
            ),
          )
    if (isFault(read)) return read
    const { photos, scores, isPlant, organs: seen } = read
    if (!isPlant && !query['no-reject']) return NOT_FOUND
    const asked = photos.map(({ organ }) => organ)
    return answerOf({
      model,
      project,
      query,
      photos,
      scores,
      organs: seen,
      related: (species) => references.of(model, species, asked),
      origin: proxies.originOf(c.req.url, c.env.incoming),
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
    let isSpent = false
    try {
      const outcome = await identifier.admit(c.var.key.id, () =>
        identify(c, c.req.param('project') ?? 'all', () => {
          isSpent = true
        }),
      )
      if (isBusy(outcome)) {
        return answerFault(fault(429, 'There is too much to do at the moment.', outcome.retryAfterSeconds))
      }
      isSpent ||= !isFault(outcome) || outcome === NOT_FOUND
      return answerWith(outcome)
    } finally {
      if (!isSpent) giveBack()
    }
  }

  routes.post('/', answer)
  routes.post('/:project', answer)
  routes.get('/:project?', (c) => {
    if (site.imageHosts.length > 0) return answer(c)
    // It would have the server fetch what a stranger names.
    return answerFault(fault(403, 'Images are not fetched by their addresses here: send them in a POST.'))
  })
  return routes
}
