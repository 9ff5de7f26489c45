/** Published models in PGlite. */
import { desc, sql } from 'drizzle-orm'
import type { drizzle } from 'drizzle-orm/pglite'
import { models } from './schema.ts'
import type { Store } from './store.ts'

type ModelStore = Pick<Store, 'publishModel' | 'latestModel' | 'recordCalibration'>

export function modelsOn(db: ReturnType<typeof drizzle>): ModelStore {
  return {
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
  }
}
