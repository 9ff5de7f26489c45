/**
 * Features as data: what one checkpoint's network sees in every photo of a split, in shards (`feature-shard.ts`) that are blobs by
 * their own hash, as a flora's are. The manifest is canonical JSON; its SHA-256 names the features.
 */
import * as v from 'valibot'
import { Split } from './evaluation.ts'
import { Hash, RunId, Slug } from './ids.ts'
import { ShardEntries } from './messages.ts'
import { Architecture } from './run-config.ts'
import { index } from './whole-number.ts'

export const FeaturesManifest = v.object({
  formatVersion: v.literal(2),
  kind: v.literal('features'),
  run: v.object({ id: RunId, name: Slug, step: index }),
  /** Of which the features are; the run does not matter to them. */
  checkpoint: Hash,
  architecture: Architecture,
  flora: v.object({ name: Slug, hash: Hash }),
  split: Split,
  /** Features of a photo. */
  dims: index,
  dtype: v.literal('float16'),
  /** Vectors of a photo: the centre crop's, then those of augmented ones. */
  views: index,
  /** In the order of the split: `photos` of a part are its entries' samples, in their order. */
  parts: v.array(v.object({ blob: Hash, bytes: index, photos: index, entries: v.array(ShardEntries) })),
})
export type FeaturesManifest = v.InferOutput<typeof FeaturesManifest>
