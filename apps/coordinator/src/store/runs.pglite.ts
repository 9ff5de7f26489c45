/** Runs in PGlite, and what changes several of their tables at once: a run's beginning, a step, the way back to one. */
import type { Split } from '@worldflora/protocol/evaluation'
import { and, asc, eq, gt, or } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { checkpointRow } from './checkpoints.pglite.ts'
import { checkpoints, evaluations, features, milestones, runs, steps } from './schema.ts'
import { totalsIn } from './steps.pglite.ts'
import type { RunRecord, Store } from './store.ts'

type RunStore = Pick<
  Store,
  'listRuns' | 'insertRun' | 'setRunSettings' | 'setRunState' | 'recordStep' | 'returnToStep'
>

export function runsOn(db: ReturnType<typeof drizzle>): RunStore {
  return {
    async listRuns() {
      const rows = await db.select().from(runs).orderBy(asc(runs.number))
      return rows.map(runOf)
    },

    async insertRun(run, first) {
      const { step, checkpoint, base, optimizerState } = first
      await db.transaction(async (tx) => {
        await tx.insert(runs).values(runRow(run))
        await tx.insert(checkpoints).values(checkpointRow(run.id, first))
        await tx
          .insert(milestones)
          .values({ runId: run.id, step, checkpoint, bytes: base!.bytes, optimizerState })
      })
    },

    async setRunSettings(runId, { priority, newestKept }) {
      await db.update(runs).set({ priority, newestKept }).where(eq(runs.id, runId))
    },

    async setRunState(runId, state, reason) {
      await db.update(runs).set({ state, reason }).where(eq(runs.id, runId))
    },

    async recordStep({ runId, record, checkpoint, evaluations: due, milestone, finished }) {
      await db.transaction(async (tx) => {
        await tx.insert(steps).values({ runId, ...record })
        await tx.insert(checkpoints).values(checkpointRow(runId, checkpoint))
        if (due.length > 0) {
          await tx.insert(evaluations).values(due.map((evaluation) => ({ runId, ...evaluation })))
        }
        if (milestone !== null) await tx.insert(milestones).values({ runId, ...milestone })
        if (finished) await tx.update(runs).set({ state: 'finished', reason: null }).where(eq(runs.id, runId))
      })
    },

    async returnToStep({ run, to, lostFeatures }) {
      return db.transaction(async (tx) => {
        const later = (table: typeof steps | typeof evaluations | typeof features | typeof milestones) =>
          and(eq(table.runId, run.id), gt(table.step, to.step))
        const isOrder = ({ step, split }: { step: number; split: Split }) =>
          and(eq(features.runId, run.id), eq(features.step, step), eq(features.split, split))
        const goneSteps = await tx.delete(steps).where(later(steps)).returning({ step: steps.step })
        const goneEvaluations = await tx
          .delete(evaluations)
          .where(later(evaluations))
          .returning({ result: evaluations.result })
        const goneFeatures = await tx
          .delete(features)
          .where(or(later(features), ...lostFeatures.map(isOrder)))
          .returning({ step: features.step })
        await tx.delete(milestones).where(later(milestones))
        await tx.delete(checkpoints).where(eq(checkpoints.runId, run.id))
        await tx.insert(checkpoints).values(checkpointRow(run.id, to))
        await tx.update(runs).set(runRow(run)).where(eq(runs.id, run.id))
        const measured = goneEvaluations.filter(({ result }) => result !== null).length
        const dropped = {
          steps: goneSteps.length,
          evaluations: measured,
          pending: goneEvaluations.length - measured,
          features: goneFeatures.length,
        }
        return { dropped, totals: await totalsIn(tx, run.id) }
      })
    },
  }
}

function runOf(row: typeof runs.$inferSelect): RunRecord {
  const { number: _, createdAt: __, floraName, floraHash, species, priority, newestKept, ...run } = row
  return {
    ...run,
    flora: { name: floraName, hash: floraHash, species },
    settings: { priority, newestKept },
  }
}

function runRow({ flora, settings, ...run }: RunRecord) {
  return { ...run, ...settings, floraName: flora.name, floraHash: flora.hash, species: flora.species }
}
