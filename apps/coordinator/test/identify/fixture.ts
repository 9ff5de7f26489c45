/** A flora of drawn noise with all that a species may have, a published model of it that has learnt nothing, and keys. */
import { encodeManifest, type Manifest, type ShardRef } from '@worldflora/dataset/manifest'
import { type Photo, packShard } from '@worldflora/dataset/shard'
import { encodeTrainLabels } from '@worldflora/dataset/train-labels'
import type { ApiKeySummary, MadeApiKey } from '@worldflora/protocol/api-keys'
import { hashOf } from '@worldflora/protocol/hash'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { RandomStream } from '@worldflora/protocol/random'
import { RunConfig } from '@worldflora/protocol/run-config'
import type { Species } from '@worldflora/protocol/species'
import sharp from 'sharp'
import * as v from 'valibot'
import { openRun } from '../hand-made.ts'
import type { SiteApi } from '../running-site.ts'

export const species: Species[] = [
  {
    id: 'bellis',
    scientificName: 'Bellis perennis',
    authorship: 'L.',
    genus: 'Bellis',
    family: 'Asteraceae',
    commonName: 'a daisy',
    commonNames: { en: ['common daisy', 'lawn daisy'], fr: ['pâquerette'], 'pt-br': ['bonina'] },
    synonyms: ['Aster bellis E.H.L.Krause', 'Bellis minor'],
    gbifId: '3117424',
    powoId: '184306-2',
    iucnCategory: 'LC',
  },
  { id: 'acer', scientificName: 'Acer campestre', commonName: 'field maple' },
  { id: 'acer-2', scientificName: 'Acer ×coriaceum', genus: 'Acer', family: 'Sapindaceae' },
]

const ORGANS = ['leaf', 'flower', 'leaf', 'bark']

/** A picture of coarse noise: no two seeds look alike. */
export function picture(seed: number, { width = 48, height = 40 } = {}) {
  const random = new RandomStream(seed, 'herbarium')
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.below(256))
  return sharp(data, { raw: { width: 8, height: 8, channels: 3 } }).resize(width, height, { fit: 'fill' })
}

export function jpeg(seed: number, size?: { width: number; height: number }): Promise<Buffer> {
  return picture(seed, size).jpeg({ quality: 90 }).toBuffer()
}

async function shardOf(photos: Photo[], site: SiteApi, observations?: number[]): Promise<ShardRef> {
  const bytes = packShard(photos)
  const hash = hashOf(bytes)
  await site.call('PUT', `/blobs/${hash}`, bytes)
  return { hash, bytes: bytes.byteLength, samples: photos.length, ...(observations && { observations }) }
}

/** Two shards of train photos; of each species eight photos, one under a licence that forbids to show it. */
export async function bringPhotos(
  site: SiteApi,
  name = 'meadow',
): Promise<{ manifest: Manifest; train: Photo[] }> {
  const photo = async (n: number): Promise<Photo> => ({
    species: n % species.length,
    observation: `plant ${n}`,
    organ: ORGANS[Math.floor(n / species.length) % ORGANS.length]!,
    license: n < species.length ? 'All rights reserved' : 'CC BY 4.0',
    author: `Zoë ${n}`,
    jpeg: new Uint8Array(await jpeg(n)),
  })
  const numbers = Array.from({ length: 8 * species.length }, (_, n) => n)
  const train = await Promise.all(numbers.map(photo))
  const held = await Promise.all([100, 101, 102].map(photo))
  const { ref, blobs } = encodeTrainLabels(train, species.length)
  for (const { hash, bytes } of blobs) await site.call('PUT', `/blobs/${hash}`, bytes)
  const manifest: Manifest = {
    formatVersion: 1,
    name,
    storedSize: 40,
    species,
    shards: {
      train: [await shardOf(train.slice(0, 13), site), await shardOf(train.slice(13), site)],
      val: [await shardOf(held, site, [1, 1, 1])],
      test: [],
    },
    trainLabels: ref,
  }
  const bytes = encodeManifest(manifest)
  await site.call('PUT', `/blobs/${hashOf(bytes)}`, bytes)
  const put = await site.call('PUT', `/api/floras/${name}`, { manifest: hashOf(bytes) })
  if (!put.ok) throw new Error(await put.text())
  return { manifest, train }
}

const config = v.parse(RunConfig, {
  name: 'meadow',
  flora: 'meadow',
  seed: 5,
  architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 },
  samplesPerTask: 4,
  tasksPerStep: 3,
  epochs: 2,
  optimizer: { name: 'sgd', learningRate: 0.05 },
})

/** Of a run's first checkpoint: weights as they are drawn from the seed. */
export async function publish(site: SiteApi, more: Partial<RunConfig> = {}): Promise<PublishedModel> {
  const id = await openRun(site, { ...config, ...more })
  return site.json('POST', `/api/runs/${id}/publish`)
}

export function makeKey(site: SiteApi, more: Partial<ApiKeySummary> = {}): Promise<MadeApiKey> {
  return site.json('POST', '/api/keys', { name: 'a program', dailyQuota: 500, ...more })
}

export type Part = { bytes: Uint8Array; name?: string; type?: string }

export function formOf(images: readonly Part[], organs: readonly string[] = []): FormData {
  const form = new FormData()
  for (const { bytes, name = 'photo.jpg', type = 'image/jpeg' } of images) {
    form.append('images', new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name)
  }
  for (const organ of organs) form.append('organs', organ)
  return form
}

export type V2 = {
  get(path: string, headers?: Record<string, string>): Promise<Response>
  identify(form: FormData, query?: string, headers?: Record<string, string>): Promise<Response>
}

export function v2(site: SiteApi, key: string): V2 {
  const address = (path: string) => `${site.url}/v2${path}${path.includes('?') ? '&' : '?'}api-key=${key}`
  return {
    get: (path, headers = {}) => fetch(address(path), { headers }),
    identify: (form, query = '/identify/all', headers = {}) =>
      fetch(address(query), { method: 'POST', body: form, headers }),
  }
}

/** What readers say of a photo. */
export function lookOf(scores: readonly number[], plant: number | null = null) {
  return { scores: Float32Array.from(scores), plant, organs: new Float32Array(0) }
}
