/** Photos of a species to compare with. */
import * as v from 'valibot'
import { Hash } from './ids.ts'
import { index } from './whole-number.ts'

/**
 * `GET /api/references/FLORA/SPECIES`: train photos of a species of the published model's flora, for people to compare with; some of each
 * organ. What is null nobody has said. Its answer follows from its address alone.
 */
export const ReferencePhotos = v.object({
  photos: v.pipe(
    v.array(
      v.object({
        /** The photo as JPEG is at `/v2/photos/SHARD/SAMPLE.jpg`. */
        shard: Hash,
        sample: index,
        organ: v.nullable(v.string()),
        author: v.nullable(v.string()),
        license: v.nullable(v.string()),
      }),
    ),
    v.maxLength(100),
  ),
})
export type ReferencePhotos = v.InferOutput<typeof ReferencePhotos>
