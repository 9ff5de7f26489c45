/** Which blobs the rows name, in PGlite: the others may be swept away. */
import type { Hash } from '@worldflora/protocol/ids'
import { desc, isNotNull, isNull } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { checkpoints, evaluations, features, milestones, models, runs } from './schema.ts'
import type { Store } from './store.ts'

/** The one before the latest may still be on its way to a tab. */
const MODELS_KEPT = 2

type BlobsInUseStore = Pick<Store, 'blobsInUse' | 'optimizerStatesInUse'>

export function blobsInUseOn(db: ReturnType<typeof drizzle>): BlobsInUseStore {
  return {
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
  }
}
