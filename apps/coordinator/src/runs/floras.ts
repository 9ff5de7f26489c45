/** The floras by name. A name is set once its manifest and every shard are there, so a run never finds a hole. */
import { type Manifest, parseManifest, type ShardRef } from '@worldflora/dataset/manifest'
import { decodeTrainLabels, type TrainLabels } from '@worldflora/dataset/train-labels'
import type { FloraSummary } from '@worldflora/protocol/floras'
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BlobStore } from '../store/blob-store.ts'
import type { Store } from '../store/store.ts'

export class Floras {
  readonly #store: Store
  readonly #blobs: BlobStore
  readonly #manifests = new Map<Hash, Manifest>()

  constructor(store: Store, blobs: BlobStore) {
    this.#store = store
    this.#blobs = blobs
  }

  async manifestOf(hash: Hash): Promise<Manifest | Rejection> {
    const known = this.#manifests.get(hash)
    if (known !== undefined) return known
    const bytes = await this.#blobs.get(hash)
    if (bytes === null) {
      return reject(
        'no-manifest',
        `The flora's manifest ${hash} is missing or damaged.`,
        'Import the flora again: what is there already is not sent twice.',
      )
    }
    const manifest = parseManifest(bytes)
    if (!isRejection(manifest)) this.#manifests.set(hash, manifest)
    return manifest
  }

  /** Of a manifest that has them. */
  async trainLabelsOf({ trainLabels, shards, species }: Manifest): Promise<TrainLabels | Rejection> {
    const bytes = await this.#blobs.get(trainLabels!.labels.hash)
    if (bytes === null) {
      return reject(
        'no-train-labels',
        'The labels of the flora’s train photos are missing or damaged.',
        'Import the flora again: what is there already is not sent twice.',
      )
    }
    const photos = shards.train.reduce((sum, shard) => sum + shard.samples, 0)
    return decodeTrainLabels(bytes, { photos, species: species.length })
  }

  async put(name: string, hash: Hash): Promise<FloraSummary | Rejection> {
    const manifest = await this.manifestOf(hash)
    if (isRejection(manifest)) return manifest
    const missing: Hash[] = []
    for (const blob of blobsOf(manifest)) {
      if ((await this.#blobs.size(blob.hash)) !== blob.bytes) missing.push(blob.hash)
    }
    if (missing.length > 0) {
      return reject(
        'missing-shards',
        `${missing.length} blobs of the flora are not here, the first is ${missing[0]}.`,
        'Upload every shard, and the labels, with PUT /blobs/HASH, then set the name again.',
      )
    }
    await this.#store.putFlora(name, hash)
    return summaryOf(name, hash, manifest)
  }

  /** Hash by name; rejects with the names that there are. */
  async find(name: string): Promise<Hash | Rejection> {
    const floras = await this.#store.listFloras()
    const found = floras.find((flora) => flora.name === name)
    if (found !== undefined) return found.hash
    const names = floras.map((flora) => flora.name).join(', ') || 'none yet'
    return reject(
      'no-flora',
      `There is no flora called ${name}.`,
      `Floras here: ${names}. Import one with: worldflora import FOLDER --format image-folder --into ${name}`,
    )
  }

  async list(): Promise<FloraSummary[]> {
    const summaries: FloraSummary[] = []
    for (const { name, hash } of await this.#store.listFloras()) {
      const manifest = await this.manifestOf(hash)
      if (!isRejection(manifest)) summaries.push(summaryOf(name, hash, manifest))
    }
    return summaries
  }
}

/** All that a flora needs to be there besides its manifest. */
export function blobsOf({ shards, trainLabels, places }: Manifest): { hash: Hash; bytes: number }[] {
  const labels = trainLabels === undefined ? [] : [trainLabels.labels, trainLabels.counts]
  return [...shards.train, ...shards.val, ...shards.test, ...labels, ...(places ? [places] : [])]
}

function summaryOf(name: string, hash: Hash, { species, shards }: Manifest): FloraSummary {
  const photos = (split: ShardRef[]) => split.reduce((sum, shard) => sum + shard.samples, 0)
  return {
    name,
    hash,
    species: species.length,
    photos: { train: photos(shards.train), val: photos(shards.val), test: photos(shards.test) },
  }
}
