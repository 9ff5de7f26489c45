/** Checkpoints and milestones of runs, in PGlite. */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { and, asc, eq, inArray, isNotNull, lt } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { checkpoints, milestones } from './schema.ts'
import type { BlobRef, CheckpointRecord, Milestone, Store } from './store.ts'

type CheckpointStore = Pick<
  Store,
  'checkpointsOf' | 'forgetCheckpoints' | 'milestonesOf' | 'forgetMilestones'
>

export function checkpointsOn(db: ReturnType<typeof drizzle>): CheckpointStore {
  return {
    async checkpointsOf(runId) {
      const rows = await db
        .select()
        .from(checkpoints)
        .where(eq(checkpoints.runId, runId))
        .orderBy(asc(checkpoints.step))
      return rows.map(checkpointOf)
    },

    async forgetCheckpoints(runId, beforeStep, statesBeforeStep) {
      await db.transaction(async (tx) => {
        await tx
          .delete(checkpoints)
          .where(and(eq(checkpoints.runId, runId), lt(checkpoints.step, beforeStep)))
        await tx
          .update(checkpoints)
          .set({ optimizerState: null })
          .where(
            and(
              eq(checkpoints.runId, runId),
              lt(checkpoints.step, statesBeforeStep),
              isNotNull(checkpoints.optimizerState),
            ),
          )
      })
    },

    async milestonesOf(runId) {
      const rows = await db
        .select()
        .from(milestones)
        .where(eq(milestones.runId, runId))
        .orderBy(asc(milestones.step))
      return rows.map(({ runId: _, ...milestone }): Milestone => milestone)
    },

    async forgetMilestones(runId, gone) {
      if (gone.length === 0) return
      await db.delete(milestones).where(and(eq(milestones.runId, runId), inArray(milestones.step, [...gone])))
    },
  }
}

export function checkpointRow(
  runId: RunId,
  { base, delta, ...record }: CheckpointRecord,
): typeof checkpoints.$inferInsert {
  return {
    runId,
    ...record,
    baseBlob: base?.blob ?? null,
    baseBytes: base?.bytes ?? null,
    deltaBlob: delta?.blob ?? null,
    deltaBytes: delta?.bytes ?? null,
  }
}

function checkpointOf(row: typeof checkpoints.$inferSelect): CheckpointRecord {
  return {
    step: row.step,
    checkpoint: row.checkpoint,
    base: refOf(row.baseBlob, row.baseBytes),
    delta: refOf(row.deltaBlob, row.deltaBytes),
    optimizerState: row.optimizerState,
  }
}

function refOf(blob: Hash | null, bytes: number | null): BlobRef | null {
  return blob === null || bytes === null ? null : { blob, bytes }
}
