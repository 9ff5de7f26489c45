/**
 * From a list of labelled photos to a flora: every importer ends here. Train photos are shuffled across the shards, so that
 * a shard is a fair sample; val and test keep an observation's photos side by side. All seeded: equal lists, equal floras (SD3).
 */
import { availableParallelism } from 'node:os'
import { hashOf } from '@worldflora/protocol/hash'
import { RandomStream } from '@worldflora/protocol/random'
import { inOrder } from './in-order.ts'
import type { Manifest, ShardRef, Species } from './manifest.ts'
import type { Photo, PhotoLabel } from './shard.ts'
import { ShardWriter, type WriteShard } from './shard-writer.ts'
import type { Split } from './split.ts'
import { encodeTrainLabels } from './train-labels.ts'

export type LabelledPhoto = { label: PhotoLabel; split: Split }

export type FloraToWrite<P extends LabelledPhoto> = {
  name: string
  storedSize: number
  species: Species[]
  /** In an order that does not depend on chance. */
  photos: P[]
  seed: number
  /** Fetches or draws the photo's JPEG; several are asked for at once. */
  jpegOf: (photo: P) => Promise<Uint8Array>
  /** Keeps the labels of the train photos as well. */
  writeShard: WriteShard
  /** Where the species have been met, encoded; null: nobody has said. */
  places?: Uint8Array | null | undefined
  onPhoto?: (() => void) | undefined
}

export const UNKNOWN_LICENCE = 'unknown'

export async function writeFlora<P extends LabelledPhoto>(flora: FloraToWrite<P>): Promise<Manifest> {
  const train = await writeSplit(flora, 'train')
  const { ref, blobs } = encodeTrainLabels(train.labels, flora.species.length)
  for (const { hash, bytes } of blobs) await flora.writeShard(hash, bytes)
  const { places } = flora
  const placed = places && { hash: hashOf(places), bytes: places.length }
  if (placed) await flora.writeShard(placed.hash, places)
  return {
    formatVersion: 1,
    name: flora.name,
    storedSize: flora.storedSize,
    species: flora.species,
    shards: {
      train: train.shards,
      val: (await writeSplit(flora, 'val')).shards,
      test: (await writeSplit(flora, 'test')).shards,
    },
    trainLabels: ref,
    ...(placed && { places: placed }),
    licences: countLicences(flora.photos),
  }
}

async function writeSplit<P extends LabelledPhoto>(
  flora: FloraToWrite<P>,
  split: Split,
): Promise<{ shards: ShardRef[]; labels: PhotoLabel[] }> {
  const photos = flora.photos.filter((photo) => photo.split === split)
  const groups = split === 'train' ? photos.map((photo) => [photo]) : byObservation(photos)
  new RandomStream(flora.seed, 'shuffleImport').shuffle(groups)
  const inShards = groups.flat()
  const photosInOrder = inOrder(inShards, 2 * availableParallelism(), async (photo): Promise<Photo> => {
    const jpeg = await flora.jpegOf(photo)
    flora.onPhoto?.()
    return { ...photo.label, jpeg }
  })
  const writer = new ShardWriter(flora.writeShard)
  let observation: Photo[] = []
  let written = 0
  for await (const photo of photosInOrder) {
    observation.push(photo)
    if (observation.length < groups[written]!.length) continue
    await writer.add(observation)
    observation = []
    written++
  }
  const shards = await writer.finish(split !== 'train')
  return { shards, labels: inShards.map(({ label }) => label) }
}

function byObservation<P extends LabelledPhoto>(photos: P[]): P[][] {
  const groups = new Map<string, P[]>()
  for (const photo of photos) {
    const key = `${photo.label.species} ${photo.label.observation}`
    const group = groups.get(key)
    if (group) group.push(photo)
    else groups.set(key, [photo])
  }
  return [...groups.values()]
}

function countLicences(photos: LabelledPhoto[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { label } of photos) {
    const license = label.license ?? UNKNOWN_LICENCE
    counts.set(license, (counts.get(license) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}
