/** The readable log in PGlite. */
import { desc, lte } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { events } from './schema.ts'
import type { Store } from './store.ts'

const EVENTS_KEPT = 10_000

type EventStore = Pick<Store, 'appendEvent' | 'listEvents'>

export function eventsOn(db: ReturnType<typeof drizzle>): EventStore {
  return {
    async appendEvent({ at, kind, run, text }) {
      await db.transaction(async (tx) => {
        const [added] = await tx
          .insert(events)
          .values({ at: new Date(at), kind, runId: run, text })
          .returning({ number: events.number })
        await tx.delete(events).where(lte(events.number, added!.number - EVENTS_KEPT))
      })
    },

    async listEvents(limit) {
      const rows = await db.select().from(events).orderBy(desc(events.number)).limit(limit)
      return rows.map(({ at, kind, runId, text }) => ({ at: at.toISOString(), kind, run: runId, text }))
    },
  }
}
