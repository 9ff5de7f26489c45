/** The photos of a split that a model is calibrated on: of a few shards, which are fair samples, at most so many. */
import type { ShardRef } from '@worldflora/dataset/manifest'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import { isRejection } from '@worldflora/protocol/rejection'
import type { BlobStore } from '../../store/blob-store.ts'
import type { LabelledPhoto } from './jobs.ts'

/** A shard that is missing or damaged is left out. */
export async function samplePhotos(
  blobs: Pick<BlobStore, 'get'>,
  shards: readonly ShardRef[],
  most: number,
): Promise<LabelledPhoto[]> {
  const sample: LabelledPhoto[] = []
  for (const { hash } of shards) {
    if (sample.length >= most) break
    const bytes = await blobs.get(hash)
    const photos = bytes === null ? null : readShard(bytes)
    if (photos === null || isRejection(photos)) continue
    for (const photo of photos.slice(0, most - sample.length)) sample.push(labelled(photo))
  }
  return sample
}

/** The bytes are copied, or the whole shard would travel with each photo. */
function labelled({ jpeg, species, observation, organ }: Photo): LabelledPhoto {
  return { jpeg: jpeg.slice(), species, observation, organ }
}
