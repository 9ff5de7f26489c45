/** What is ordered of checkpoints and what came of it, in PGlite: evaluations and features. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { evaluations, features } from './schema.ts'
import type { Store } from './store.ts'

type OrderStore = Pick<
  Store,
  | 'pendingEvaluations'
  | 'rerouteOrders'
  | 'recordEvaluation'
  | 'evaluationsOf'
  | 'orderFeatures'
  | 'recordFeatures'
  | 'featuresOf'
>

export function ordersOn(db: ReturnType<typeof drizzle>): OrderStore {
  return {
    async pendingEvaluations(runId) {
      return db
        .select({ step: evaluations.step, split: evaluations.split, checkpoint: evaluations.checkpoint })
        .from(evaluations)
        .where(and(eq(evaluations.runId, runId), isNull(evaluations.result)))
        .orderBy(asc(evaluations.step), asc(evaluations.split))
    },

    async rerouteOrders(runId, checkpoint) {
      // Of one step there may be two checkpoints: the weights, and their average.
      const isOpen = (table: typeof evaluations | typeof features) =>
        and(
          eq(table.runId, runId),
          eq(table.step, checkpoint.step),
          sql`${table.checkpoint}->>'checkpoint' = ${checkpoint.checkpoint}`,
          isNull(table.result),
        )
      await db.transaction(async (tx) => {
        await tx.update(evaluations).set({ checkpoint }).where(isOpen(evaluations))
        await tx.update(features).set({ checkpoint }).where(isOpen(features))
      })
    },

    async recordEvaluation(runId, result) {
      const { step, split } = result
      await db
        .update(evaluations)
        .set({ result })
        .where(and(eq(evaluations.runId, runId), eq(evaluations.step, step), eq(evaluations.split, split)))
    },

    async evaluationsOf(runId) {
      const rows = await db
        .select({ result: evaluations.result })
        .from(evaluations)
        .where(and(eq(evaluations.runId, runId), isNotNull(evaluations.result)))
        .orderBy(asc(evaluations.step), asc(evaluations.split))
      return rows.map(({ result }) => result!)
    },

    async orderFeatures(runId, order) {
      await db.insert(features).values({ runId, ...order })
    },

    async recordFeatures(runId, { step, split, result }) {
      await db
        .update(features)
        .set({ result })
        .where(and(eq(features.runId, runId), eq(features.step, step), eq(features.split, split)))
    },

    async featuresOf(runId) {
      const rows = await db
        .select()
        .from(features)
        .where(eq(features.runId, runId))
        .orderBy(asc(features.number))
      return rows.map(({ step, split, checkpoint, result }) => ({ step, split, checkpoint, result }))
    },
  }
}
