/** The model that a site names plants with. */
import * as v from 'valibot'
import { Calibration } from './calibration.ts'
import { Evaluation } from './evaluation.ts'
import { Hash, RunId, Slug } from './ids.ts'
import { Architecture } from './run-config.ts'
import { Species } from './species.ts'
import { index } from './whole-number.ts'

/** The form in which a model is identified with (QW2): blobs that one behind the other are the bytes of `format`. */
export const CompactWeights = v.object({
  /** Of another than `COMPACT_FORMAT` this page knows nothing. */
  format: v.pipe(v.string(), v.maxLength(20)),
  shards: v.pipe(v.array(v.object({ blob: Hash, bytes: index })), v.minLength(1), v.maxLength(1_000_000)),
})
export type CompactWeights = v.InferOutput<typeof CompactWeights>

/**
 * `GET /api/model`: what a tab needs to identify. `weights` is a blob of canonical float32 weights: for downloads, forks and
 * evaluations, and to identify with where there is no `compact` form.
 */
export const PublishedModel = v.object({
  id: v.string(),
  run: v.object({ id: RunId, name: v.string(), step: index }),
  flora: v.object({ name: Slug, hash: Hash }),
  checkpoint: Hash,
  weights: v.object({ blob: Hash, bytes: index }),
  /** null: it was published before there was one. */
  compact: v.optional(v.nullable(CompactWeights), null),
  architecture: Architecture,
  species: v.array(Species),
  evaluation: v.nullable(Evaluation),
  publishedAt: v.string(),
  /** Where its species have been met (places.ts), a blob; null: its flora does not say. */
  places: v.optional(v.nullable(v.object({ blob: Hash, bytes: index })), null),
  /** null until it is fitted, some time after publication. */
  calibration: v.optional(v.nullable(Calibration), null),
})
export type PublishedModel = v.InferOutput<typeof PublishedModel>
