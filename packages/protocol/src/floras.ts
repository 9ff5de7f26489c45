/** The floras of a site, to its operator. */
import * as v from 'valibot'
import { Hash, Slug } from './ids.ts'
import { index } from './whole-number.ts'

/** `GET /api/floras` (operator) */
export const FloraSummary = v.object({
  name: Slug,
  hash: Hash,
  species: index,
  photos: v.object({ train: index, val: index, test: index }),
})
export type FloraSummary = v.InferOutput<typeof FloraSummary>

/** `PUT /api/floras/:name` (operator): the manifest and its shards are blobs already. */
export const PutFlora = v.object({ manifest: Hash })
