/** What happened in the steps of runs, in PGlite. */
import type { RunId } from '@worldflora/protocol/ids'
import { and, asc, desc, eq, lte, sql } from 'drizzle-orm'
import type { drizzle, PgliteDatabase } from 'drizzle-orm/pglite'
import { steps } from './schema.ts'
import type { StepRecord, Store, Totals } from './store.ts'

type StepStore = Pick<Store, 'stepsOf' | 'totalsOf' | 'lossesUpTo'>

export function stepsOn(db: ReturnType<typeof drizzle>): StepStore {
  return {
    async stepsOf(runId, limit) {
      const [last] = await db
        .select({ step: steps.step })
        .from(steps)
        .where(eq(steps.runId, runId))
        .orderBy(desc(steps.step))
        .limit(1)
      if (last === undefined) return []
      const stride = Math.ceil(last.step / limit)
      const chosen = sql`${steps.step} % ${stride} = ${last.step % stride}`
      const rows = await db
        .select()
        .from(steps)
        .where(and(eq(steps.runId, runId), chosen))
        .orderBy(asc(steps.step))
      return rows.map(({ runId: _, durableAt: __, ...record }): StepRecord => record)
    },

    totalsOf: (runId) => totalsIn(db, runId),

    async lossesUpTo(runId, step, count) {
      const rows = await db
        .select({ loss: steps.loss })
        .from(steps)
        .where(and(eq(steps.runId, runId), lte(steps.step, step)))
        .orderBy(desc(steps.step))
        .limit(count)
      return rows.map(({ loss }) => loss).reverse()
    },
  }
}

export async function totalsIn(db: Pick<PgliteDatabase, 'select'>, runId: RunId): Promise<Totals> {
  const [totals] = await db
    .select({
      seconds: sql<number>`coalesce(sum(${steps.seconds}), 0)`.mapWith(Number),
      samples: sql<number>`coalesce(sum(${steps.samples}), 0)`.mapWith(Number),
    })
    .from(steps)
    .where(eq(steps.runId, runId))
  return totals!
}
