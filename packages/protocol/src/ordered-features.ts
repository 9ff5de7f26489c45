/** Features of photos, as they are ordered of a run. */
import * as v from 'valibot'
import { Split } from './evaluation.ts'
import { Hash } from './ids.ts'
import { index } from './whole-number.ts'

/** `POST /api/runs/:id/features` (operator): of the latest checkpoint, or of one that is kept. */
export const OrderFeatures = v.strictObject({ split: Split, step: v.optional(index) })
export type OrderFeatures = v.InferOutput<typeof OrderFeatures>

/** `GET /api/runs/:id/features`; `manifest` is a blob, see features-manifest.ts. */
export const FeaturesOf = v.object({
  step: index,
  split: Split,
  checkpoint: Hash,
  /** null while they are being computed. */
  result: v.nullable(
    v.object({ manifest: v.object({ blob: Hash, bytes: index }), photos: index, dims: index }),
  ),
})
export type FeaturesOf = v.InferOutput<typeof FeaturesOf>
