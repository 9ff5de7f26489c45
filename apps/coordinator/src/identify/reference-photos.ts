/**
 * Photos of a species to compare with, from the train shards of the published model's flora: of several organs, those that were asked for
 * first, with their authors and licences. A photo is named by its shard's hash and its place in it, so it never changes.
 */
import { forbidsPassingOn } from '@worldflora/dataset/licences'
import type { Manifest } from '@worldflora/dataset/manifest'
import { type PhotoLabel, readShard } from '@worldflora/dataset/shard'
import type { Hash } from '@worldflora/protocol/ids'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import { LRUCache } from 'lru-cache'
import { Queue } from '../queue.ts'
import type { Floras } from '../runs/floras.ts'
import type { BlobStore } from '../store/blob-store.ts'

export type ReferencePhoto = { shard: Hash; sample: number; label: PhotoLabel }

/** Of a species, this many of its first photos are looked at: shards are shuffled, so that they are a fair sample of it. */
const LOOKED_AT = { byProgram: 12, byPerson: 24 }
const SHOWN = { toProgram: 4, toPersonOfAnOrgan: 3 }
const DIRECTORIES_KEPT = 256
/** People who ask at one time: of a large flora each may have a score of shards read, one after the other. */
const MOST_ASKING = 16

type Place = { shard: number; sample: number }
/** Where in the shard a photo's bytes are. */
type Entry = { label: PhotoLabel; start: number; end: number }
type FloraPhotos = { shards: readonly Hash[]; bySpecies: readonly (readonly Place[])[] }

export class ReferencePhotos {
  readonly #blobs: BlobStore
  readonly #floras: Floras
  readonly #directories = new LRUCache<Hash, Entry[]>({ max: DIRECTORIES_KEPT })
  /** A shard is large: one at a time is read. */
  readonly #reading = new Queue()
  #asking = 0
  #known: { flora: Hash; photos: Promise<FloraPhotos | null> } | null = null

  constructor(blobs: BlobStore, floras: Floras) {
    this.#blobs = blobs
    this.#floras = floras
  }

  /** At most four. None if the flora is not here any more. `species`: its index in the model. */
  async of(model: PublishedModel, species: number, organs: readonly string[]): Promise<ReferencePhoto[]> {
    return mostTelling(await this.#passableOf(model, species, LOOKED_AT.byProgram), organs)
  }

  /** At most three of each organ, those whose species is known to be right before others. null: too many ask just now. */
  async forPeople(model: PublishedModel, species: number): Promise<ReferencePhoto[] | null> {
    if (this.#asking >= MOST_ASKING) return null
    this.#asking++
    const found = await this.#passableOf(model, species, LOOKED_AT.byPerson).finally(() => this.#asking--)
    const surest = [...found].sort(
      (a, b) => Number(b.label.trusted ?? false) - Number(a.label.trusted ?? false),
    )
    const shown = new Map<string, number>()
    return surest.filter(({ label: { organ = '' } }) => {
      const nth = (shown.get(organ) ?? 0) + 1
      shown.set(organ, nth)
      return nth <= SHOWN.toPersonOfAnOrgan
    })
  }

  /** Of the first photos of a species, those that may be passed on. */
  async #passableOf(model: PublishedModel, species: number, most: number): Promise<ReferencePhoto[]> {
    const photos = await this.#photosOf(model.flora.hash)
    const found: ReferencePhoto[] = []
    for (const { shard, sample } of photos?.bySpecies[species]?.slice(0, most) ?? []) {
      const hash = photos!.shards[shard]!
      const entry = (await this.#directoryOf(hash))[sample]
      if (entry === undefined || forbidsPassingOn(entry.label.license ?? '')) continue
      found.push({ shard: hash, sample, label: entry.label })
    }
    return found
  }

  /** A train photo of the published flora, as JPEG; null: it is none. */
  async jpegOf(
    model: PublishedModel,
    shard: Hash,
    sample: number,
  ): Promise<ReadableStream<Uint8Array> | null> {
    const photos = await this.#photosOf(model.flora.hash)
    if (photos === null || !photos.shards.includes(shard)) return null
    const entry = (await this.#directoryOf(shard))[sample]
    if (entry === undefined || forbidsPassingOn(entry.label.license ?? '')) return null
    return this.#blobs.read(shard, entry)
  }

  #photosOf(flora: Hash): Promise<FloraPhotos | null> {
    if (this.#known?.flora === flora) return this.#known.photos
    const photos = this.#read(flora)
    this.#known = { flora, photos }
    photos.catch(() => {
      if (this.#known?.photos === photos) this.#known = null
    })
    return photos
  }

  async #read(flora: Hash): Promise<FloraPhotos | null> {
    const manifest = await this.#floras.manifestOf(flora)
    if (isRejection(manifest)) return null
    const bySpecies: Place[][] = manifest.species.map(() => [])
    for await (const { species, ...place } of this.#labelled(manifest)) {
      const places = bySpecies[species]
      if (places !== undefined && places.length < LOOKED_AT.byPerson) places.push(place)
    }
    return { shards: manifest.shards.train.map(({ hash }) => hash), bySpecies }
  }

  /** From the labels beside the shards where there are any: else each shard has to be opened. */
  async *#labelled(manifest: Manifest): AsyncIterable<Place & { species: number }> {
    const labels = manifest.trainLabels === undefined ? null : await this.#floras.trainLabelsOf(manifest)
    let before = 0
    for (const [shard, { hash, samples }] of manifest.shards.train.entries()) {
      if (labels !== null && !isRejection(labels)) {
        for (let sample = 0; sample < samples; sample++)
          yield { shard, sample, species: labels.speciesOf(before + sample) }
      } else {
        for (const [sample, { label }] of (await this.#directoryOf(hash)).entries())
          yield { shard, sample, species: label.species }
      }
      before += samples
    }
  }

  /** Empty for a shard that is missing or damaged. */
  async #directoryOf(shard: Hash): Promise<Entry[]> {
    return this.#directories.get(shard) ?? this.#reading.add(() => this.#readDirectory(shard))
  }

  async #readDirectory(shard: Hash): Promise<Entry[]> {
    const known = this.#directories.get(shard)
    if (known !== undefined) return known
    const bytes = await this.#blobs.get(shard)
    const photos = bytes === null ? [] : readShard(bytes)
    if (bytes === null || isRejection(photos)) return []
    const entries = photos.map(({ jpeg, ...label }) => {
      const start = jpeg.byteOffset - bytes.byteOffset
      return { label, start, end: start + jpeg.byteLength }
    })
    this.#directories.set(shard, entries)
    return entries
  }
}

/** Organs that were asked for first; of each organ one before a second of any. */
function mostTelling(photos: readonly ReferencePhoto[], organs: readonly string[]): ReferencePhoto[] {
  const nth = new Map<string, number>()
  const ranked = photos.map((photo) => {
    const organ = photo.label.organ ?? ''
    const before = nth.get(organ) ?? 0
    nth.set(organ, before + 1)
    return { photo, rank: 2 * before + (organs.includes(organ) ? 0 : 1) }
  })
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, SHOWN.toProgram)
    .map(({ photo }) => photo)
}
