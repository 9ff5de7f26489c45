/** The floras by name. A name is set once its manifest and every shard are there, so a run never finds a hole. */
import { type Manifest, parseManifest, type ShardRef } from '@worldflora/dataset/manifest'
import type { FloraSummary } from '@worldflora/protocol/http'
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

  async put(name: string, hash: Hash): Promise<FloraSummary | Rejection> {
    const manifest = await this.manifestOf(hash)
    if (isRejection(manifest)) return manifest
    const missing: Hash[] = []
    for (const shard of shardsOf(manifest)) {
      if ((await this.#blobs.size(shard.hash)) !== shard.bytes) missing.push(shard.hash)
    }
    if (missing.length > 0) {
      return reject(
        'missing-shards',
        `${missing.length} shards of the flora are not here, the first is ${missing[0]}.`,
        'Upload every shard with PUT /blobs/HASH, then set the name again.',
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

export function shardsOf({ shards }: Manifest): ShardRef[] {
  return [...shards.train, ...shards.val, ...shards.test]
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
