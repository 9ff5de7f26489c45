/** /api/submissions: anybody may give photos from our own pages (FB2 to FB4); the operator looks at them and decides (FB6). */

import type { HttpBindings } from '@hono/node-server'
import { isRejection, parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import {
  Decision,
  refuseSubmission,
  SeveralDecided,
  SpeciesQuery,
  SubmissionsQuery,
} from '@worldflora/protocol/submissions'
import { Hono } from 'hono'
import { isBusy } from '../identify/identifier.ts'
import { findSpecies, speciesOf } from '../submissions/submitted-species.ts'
import { answer, answerRejection } from './answer.ts'
import { Attempts } from './attempts.ts'
import { readJson } from './body.ts'
import { bodiesHeard } from './heard-body.ts'
import { foreignOrigin, isSameOrigin, operatorOnly } from './operator-guard.ts'
import type { Site } from './site.ts'
import { readSubmissionForm, type SubmissionForm } from './submission-form.ts'

/** A class with its teacher may have one address. */
const FROM_AN_ADDRESS = { attempts: 40, windowMs: 3_600_000 }
/** Each has its body in memory, 10 MiB and a little at most. They are counted apart, so that slow ones keep nobody from `/v2`. */
const MOST_AT_ONCE = 8

type Bound = { Bindings: HttpBindings }

export function submissionRoutes(site: Site): Hono<Bound> {
  const { submissions, identifier, operator, proxies, clock, journal } = site
  const guard = operatorOnly(operator)
  const attempts = new Attempts(FROM_AN_ADDRESS)
  let present = 0
  const routes = new Hono<Bound>()

  routes.post('/', bodiesHeard(clock), async (c) => {
    if (!isSameOrigin(c.req.raw)) return answerRejection(foreignOrigin())
    const address = proxies.visitorOf(c.env.incoming)
    if (!attempts.isAllowed(address, clock.nowMs())) return answerRejection(tooMany())
    if (present >= MOST_AT_ONCE) return answerRejection(tooMuchToDo())
    attempts.note(address, clock.nowMs())
    present++
    try {
      const full = await submissions.full()
      if (full !== null) return answerRejection(full)
      const form = await readSubmissionForm(c.env.incoming, clock)
      return answer(isRejection(form) ? form : await take(form), 201)
    } finally {
      present--
    }
  })

  async function take({ statement, photos }: SubmissionForm): Promise<{ photos: number } | Rejection> {
    const model = await identifier.published()
    if (model === null || model.flora.name !== statement.flora) return otherFlora(statement.flora)
    const ids = [statement.said, statement.named?.species ?? null]
    if (ids.some((id) => id !== null && speciesOf(model, id) === null)) return otherFlora(statement.flora)
    const fitted = await identifier.admit('visitors', () => identifier.fitToKeep(photos))
    if (isBusy(fitted)) return tooMuchToDo()
    if (isRejection(fitted)) return fitted
    const taken = await submissions.take(statement, fitted, model)
    if (isRejection(taken)) return taken
    const said = taken.said?.scientificName ?? 'a plant that its sender could not name'
    journal.note(
      'submission-received',
      null,
      `${counted(taken.photos.length, 'photo')} of ${said} came from a visitor.`,
    )
    return { photos: taken.photos.length }
  }

  routes.get('/', guard, async (c) => {
    const query = parseOrReject(SubmissionsQuery, c.req.query(), 'the question')
    if (isRejection(query)) return answerRejection(query)
    return answer(await submissions.list(query.state, query.after ?? null))
  })

  routes.get('/:id/photos/:index', guard, async (c) => {
    const photo = await submissions.photo(c.req.param('id'), Number(c.req.param('index')))
    if (isRejection(photo)) return answerRejection(photo)
    const headers = { 'content-type': 'image/jpeg', 'cache-control': 'private, no-store' }
    return new Response(photo, { headers })
  })

  routes.post('/:id/decision', guard, async (c) => {
    const decision = await readJson(c.req.raw, Decision, 'the decision')
    if (isRejection(decision)) return answerRejection(decision)
    const decided = await submissions.decide(c.req.param('id'), decision, await identifier.published())
    if (!isRejection(decided)) {
      const { state, species, said } = decided
      const what = (species ?? said)?.scientificName ?? 'a plant without a name'
      journal.note(`submission-${state}`, null, `The photos that were given of ${what} are now ${state}.`)
    }
    return answer(decided)
  })

  routes.post('/decisions', guard, async (c) => {
    const wish = await readJson(c.req.raw, SeveralDecided, 'the decision')
    if (isRejection(wish)) return answerRejection(wish)
    const decided = await submissions.decideSeveral(wish)
    if (decided.length > 0) {
      const state = wish.decision === 'reject' ? 'rejected' : 'waiting'
      journal.note(
        `submissions-${state}`,
        null,
        `${counted(decided.length, 'submission')} decided together: now ${state}.`,
      )
    }
    return answer({ submissions: decided })
  })

  return routes
}

/** /api/species: the published model's, for the operator who corrects a name. */
export function speciesRoutes({ identifier, operator }: Site): Hono {
  const routes = new Hono()
  routes.get('/', operatorOnly(operator), async (c) => {
    const query = parseOrReject(SpeciesQuery, c.req.query(), 'the question')
    if (isRejection(query)) return answerRejection(query)
    const model = await identifier.published()
    return answer(model === null ? { species: [], isMore: false } : await findSpecies(model, query.text))
  })
  return routes
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function tooMany(): Rejection {
  return refuseSubmission(
    'too-many-submissions',
    'So much came from your address within an hour that no more is taken for now.',
    'Send the rest in an hour.',
  )
}

function tooMuchToDo(): Rejection {
  return refuseSubmission(
    'too-much-to-do',
    'The site has too much to do at the moment.',
    'Send it again in a minute.',
  )
}

function otherFlora(flora: string): Rejection {
  return refuseSubmission(
    'other-flora',
    `The site names plants of another flora than ${flora} now, or has no such species any more.`,
    'Load the page again so that it takes the newest model, and send then.',
  )
}
