/** The store in PGlite: Postgres inside this process, nothing to install. One process at a time; the data folder's lock sees to it. */
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Split } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm'
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { apiKeysOn } from './api-keys.pglite.ts'
import { MortalPglite } from './mortal-pglite.ts'
import { reopeningStore } from './reopening-store.ts'
import {
  checkpoints,
  evaluations,
  events,
  features,
  floras,
  milestones,
  models,
  operatorSessions,
  runs,
  steps,
} from './schema.ts'
import type { BlobRef, CheckpointRecord, Milestone, RunRecord, StepRecord, Store, Totals } from './store.ts'
import { submissionsOn } from './submissions.pglite.ts'

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url))
const EVENTS_KEPT = 10_000
/** The one before the latest may still be on its way to a tab. */
const MODELS_KEPT = 2

/** `folder` null: in memory. Brings an older database up to this version. */
export function openPgliteStore(folder: string | null): Promise<Store> {
  return reopeningStore({
    checkRoom: async () => {
      if (folder !== null) await checkRoom(folder)
    },
    async open() {
      const client = await MortalPglite.open(folder)
      const db = drizzle({ client })
      await migrate(db, { migrationsFolder: MIGRATIONS })
      return { store: storeOn(db, client), isLost: () => client.isLost }
    },
  })
}

/** Postgres's log grows by files of 16 MB, and it cannot even be opened without room for one. */
const ROOM_TO_OPEN_BYTES = 17 << 20
const PIECE_BYTES = 1 << 20

/** By writing so much: a quota, or rights that are lacking, are no part of what a disk says of itself. */
async function checkRoom(folder: string): Promise<void> {
  // Where there is no folder yet it is the caller's to be made.
  if ((await stat(folder).catch(() => null)) === null) return
  const path = join(folder, 'room.check')
  try {
    const file = await open(path, 'w')
    try {
      const piece = Buffer.alloc(PIECE_BYTES)
      for (let left = ROOM_TO_OPEN_BYTES; left > 0; left -= PIECE_BYTES) await file.writeFile(piece)
    } finally {
      await file.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

function storeOn(db: ReturnType<typeof drizzle>, client: MortalPglite): Store {
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

    async blobsInUse() {
      const used = new Set<Hash>()
      for (const { checkpoint } of await db.select({ checkpoint: milestones.checkpoint }).from(milestones)) {
        used.add(checkpoint)
      }
      for (const { base, delta } of await db
        .select({ base: checkpoints.baseBlob, delta: checkpoints.deltaBlob })
        .from(checkpoints)) {
        if (base !== null) used.add(base)
        if (delta !== null) used.add(delta)
      }
      for (const { checkpoint } of await db
        .select({ checkpoint: evaluations.checkpoint })
        .from(evaluations)
        .where(isNull(evaluations.result))) {
        used.add(checkpoint.base.blob)
        for (const { blob } of checkpoint.deltas) used.add(blob)
      }
      for (const { checkpoint, result } of await db
        .select({ checkpoint: features.checkpoint, result: features.result })
        .from(features)) {
        const way = [checkpoint.base, ...checkpoint.deltas]
        const needed = result === null ? way : [result.manifest, ...result.parts]
        for (const { blob } of needed) used.add(blob)
      }
      const begun = db.select({ weights: runs.initialWeights }).from(runs)
      for (const { weights } of await begun.where(isNotNull(runs.initialWeights))) {
        for (const { blob } of weights!.blobs) used.add(blob)
      }
      const published = db
        .select({ weights: models.weights, model: models.model })
        .from(models)
        .orderBy(desc(models.number))
      for (const { weights, model } of await published.limit(MODELS_KEPT)) {
        used.add(weights)
        for (const { blob } of model.compact?.shards ?? []) used.add(blob)
        if (model.calibration?.heads) used.add(model.calibration.heads.blob)
        if (model.places) used.add(model.places.blob)
      }
      return used
    },

    async optimizerStatesInUse() {
      const rows = [
        ...(await db.select({ state: checkpoints.optimizerState }).from(checkpoints)),
        ...(await db.select({ state: milestones.optimizerState }).from(milestones)),
      ]
      return new Set(rows.flatMap(({ state }) => state ?? []))
    },

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

    listFloras: () =>
      db.select({ name: floras.name, hash: floras.hash }).from(floras).orderBy(asc(floras.name)),

    async putFlora(name, hash) {
      await db
        .insert(floras)
        .values({ name, hash })
        .onConflictDoUpdate({ target: floras.name, set: { hash, updatedAt: new Date() } })
    },

    async publishModel(model) {
      await db.insert(models).values({ weights: model.weights.blob, model })
    },

    async latestModel() {
      const [latest] = await db
        .select({ model: models.model })
        .from(models)
        .orderBy(desc(models.number))
        .limit(1)
      if (latest === undefined) return null
      // Those of before have no such fields.
      const { compact = null, places = null, calibration = null } = latest.model
      return { ...latest.model, compact, places, calibration }
    },

    async recordCalibration(modelId, calibration) {
      await db
        .update(models)
        .set({
          model: sql`jsonb_set(${models.model}, '{calibration}', ${JSON.stringify(calibration)}::jsonb)`,
        })
        .where(sql`${models.model} ->> 'id' = ${modelId}`)
    },

    async insertSession(hash, now, expiresAt) {
      await db.transaction(async (tx) => {
        await tx.delete(operatorSessions).where(lte(operatorSessions.expiresAt, now))
        await tx.insert(operatorSessions).values({ hash, expiresAt })
      })
    },

    async hasSession(hash, now) {
      const rows = await db
        .select({ hash: operatorSessions.hash })
        .from(operatorSessions)
        .where(and(eq(operatorSessions.hash, hash), gt(operatorSessions.expiresAt, now)))
      return rows.length > 0
    },

    async deleteSession(hash) {
      await db.delete(operatorSessions).where(eq(operatorSessions.hash, hash))
    },

    ...apiKeysOn(db),
    ...submissionsOn(db),

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

    close: () => client.close(),
  }
}

async function totalsIn(db: Pick<PgliteDatabase, 'select'>, runId: RunId): Promise<Totals> {
  const [totals] = await db
    .select({
      seconds: sql<number>`coalesce(sum(${steps.seconds}), 0)`.mapWith(Number),
      samples: sql<number>`coalesce(sum(${steps.samples}), 0)`.mapWith(Number),
    })
    .from(steps)
    .where(eq(steps.runId, runId))
  return totals!
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

function checkpointRow(
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
