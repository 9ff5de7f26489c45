/** How much a key has been used, by days of UTC, and what it is. */
import { Hono } from 'hono'
import type { ApiKeyRecord, ApiUse } from '../../store/store.ts'
import type { Site } from '../site.ts'
import { answerWith, fault, isFault } from './faults.ts'
import type { Keyed } from './key-guard.ts'
import { DayQuery, DaysQuery, parseQuery } from './queries.ts'

const DAY_MS = 24 * 3_600_000
/** Of the history, where nothing is said. */
const USUAL_DAYS = 30
const MOST_DAYS = 366

export function quotaRoutes({ apiKeys }: Site): Hono<Keyed> {
  const routes = new Hono<Keyed>()

  for (const path of ['/quota', '/quota/daily']) {
    routes.get(path, async (c) => {
      const query = parseQuery(DayQuery, c.req.query())
      if (isFault(query)) return answerWith(query)
      const day = query.day ?? apiKeys.today()
      const [use] = await apiKeys.uses(c.var.key, day, day)
      return answerWith(dayForm(c.var.key, use ?? { day, identifications: 0 }))
    })
  }

  routes.get('/quota/history', async (c) => {
    const query = parseQuery(DaysQuery, c.req.query())
    if (isFault(query)) return answerWith(query)
    const end = query.end ?? apiKeys.today()
    const start = query.start ?? daysBefore(end, USUAL_DAYS - 1)
    if (start > end || start < daysBefore(end, MOST_DAYS)) {
      return answerWith(fault(400, `The history has to begin before it ends, by ${MOST_DAYS} days at most.`))
    }
    const uses = await apiKeys.uses(c.var.key, start, end)
    return answerWith(uses.map((use) => dayForm(c.var.key, use)))
  })

  routes.get('/subscription', (c) => {
    const { name, dailyQuota, origins, createdAt } = c.var.key
    return answerWith({ name, createdAt, quota: { identify: dailyQuota }, origins })
  })

  return routes
}

function dayForm({ dailyQuota: total }: ApiKeyRecord, { day, identifications: count }: ApiUse) {
  return { day, quota: { identify: { count, total, remaining: Math.max(0, total - count) } } }
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10)
}
