import { hashOf } from '@worldflora/protocol/hash'
import { isRejection } from '@worldflora/protocol/rejection'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { drawHerbarium, type HerbariumRequest, inventFlora } from '../src/herbarium/index.ts'
import { planPhotos } from '../src/herbarium/photo-plan.ts'
import type { ImportedFlora } from '../src/imported-flora.ts'
import { encodeManifest, type Manifest } from '../src/manifest.ts'
import { type Photo, readShard } from '../src/shard.ts'
import { accuracyOfLinearModel, type Sample } from './linear-softmax.ts'
import { edgeDirections, meanColour } from './picture-features.ts'

type Drawn = { manifest: Manifest; photosOf: (split: 'train' | 'val' | 'test') => Photo[] }

async function draw(request: Partial<HerbariumRequest>): Promise<Drawn> {
  const shards = new Map<string, Photo[]>()
  const writeShard = async (hash: string, bytes: Uint8Array) => {
    shards.set(hash, readShard(bytes) as Photo[])
  }
  const { manifest } = (await drawHerbarium({ name: 'demo', ...request, writeShard })) as ImportedFlora
  return { manifest, photosOf: (split) => manifest.shards[split].flatMap((ref) => shards.get(ref.hash)!) }
}

const floraHash = ({ manifest }: Drawn) => hashOf(encodeManifest(manifest))

describe('a few drawn species', () => {
  const few = { species: 5, storedSize: 64, mostObservations: 8, fewestObservations: 3 }

  let flora: Drawn
  beforeAll(async () => {
    flora = await draw(few)
  })

  test('SD3: equal requests give equal floras, another seed gives another', async () => {
    const [again, other] = await Promise.all([draw(few), draw({ ...few, seed: 2 })])
    expect(floraHash(again)).toBe(floraHash(flora))
    expect(floraHash(other)).not.toBe(floraHash(flora))
  })

  test('photos are JPEGs of the stored size, with organ, licence and author', async () => {
    const photos = flora.photosOf('train')
    for (const photo of photos) {
      const { format, width, height } = await sharp(photo.jpeg).metadata()
      expect([format, Math.min(width, height)]).toEqual(['jpeg', 64])
      expect(photo).toMatchObject({
        license: 'CC0-1.0',
        organ: expect.stringMatching(/leaf|flower|fruit|habit/),
      })
    }
    expect(flora.manifest.licences).toEqual({ 'CC0-1.0': expect.any(Number) })
  })

  test('progress counts every photo, and a wrong name is rejected', async () => {
    const seen: number[] = []
    const { manifest } = await draw({ ...few, onProgress: ({ done, total }) => seen.push(done / total) })
    const photos = Object.values(manifest.shards).flat()
    expect(seen).toHaveLength(photos.reduce((sum, shard) => sum + shard.samples, 0))
    expect(seen.at(-1)).toBe(1)
    expect(isRejection(await drawHerbarium({ name: 'Not A Slug', writeShard: async () => {} }))).toBe(true)
  })
})

describe('the plan of the photos', () => {
  const request = {
    species: 24,
    seed: 1,
    mostObservations: 80,
    fewestObservations: 12,
    mislabelled: 0,
    heldBackTenths: 1,
  }

  test('has a long tail, several organs an observation, and every species on every side', () => {
    const photos = planPhotos(request)
    expect(photos.length).toBeGreaterThan(1_500)
    expect(photos.length).toBeLessThan(2_500)
    const observations = new Map<number, Set<string>>()
    for (const { label } of photos) {
      observations.set(label.species, (observations.get(label.species) ?? new Set()).add(label.observation))
    }
    const sizes = [...observations.values()].map((own) => own.size).sort((a, b) => b - a)
    expect([sizes[0], sizes[12], sizes[23]]).toEqual([80, 30, 12])
    for (const split of ['train', 'val', 'test']) {
      const species = new Set(photos.filter((photo) => photo.split === split).map((photo) => photo.drawn))
      expect(species.size).toBe(24)
    }
  })

  test('wrong labels come on request, in the part that was asked for, and never among held-back photos', () => {
    const photos = planPhotos({ ...request, mislabelled: 0.2 })
    const train = photos.filter((photo) => photo.split === 'train')
    const wrong = (some: typeof photos) =>
      some.filter((photo) => photo.label.species !== photo.drawn).length / some.length
    expect(wrong(train)).toBeGreaterThan(0.15)
    expect(wrong(train)).toBeLessThan(0.25)
    expect(wrong(photos.filter((photo) => photo.split !== 'train'))).toBe(0)
  })
})

describe('invented species', () => {
  test('have unique names, genera and families of several', () => {
    const { species } = inventFlora(24, 1)
    expect(new Set(species.map((one) => one.id)).size).toBe(24)
    expect(new Set(species.map((one) => one.genus)).size).toBeLessThan(20)
    expect(new Set(species.map((one) => one.family)).size).toBeLessThan(12)
    for (const one of species) {
      expect(one.scientificName).toMatch(/^[A-Z][a-z]+ [a-z-]+$/)
      expect(one.family).toMatch(/^[A-Z][a-z]+aceae$/)
    }
  })

  test('come in any number: 294,000 have unique names too', () => {
    const { species } = inventFlora(294_000, 3)
    expect(new Set(species.map((one) => one.id)).size).toBe(294_000)
  })

  test('of one genus differ in the outline or margin of the leaf', () => {
    const { species, forms } = inventFlora(60, 5)
    const looks = species.map(
      ({ genus }, n) => `${genus} ${forms[n]!.leaf.outline.name} ${forms[n]!.leaf.margin.kind}`,
    )
    expect(new Set(looks).size).toBe(60)
  })
})

describe('what tells the species of the demo flora apart', () => {
  const chance = 1 / 24
  let flora: Drawn
  beforeAll(async () => {
    flora = await draw({ storedSize: 48 })
  }, 120_000)

  async function accuracyOf(
    featuresOf: (jpeg: Uint8Array, species: number) => Promise<number[]>,
  ): Promise<number> {
    const samplesOf = (photos: Photo[]): Promise<Sample[]> =>
      Promise.all(
        photos.map(async ({ species, jpeg }) => ({ species, features: await featuresOf(jpeg, species) })),
      )
    const train = await samplesOf(flora.photosOf('train'))
    const heldBack = await samplesOf([...flora.photosOf('val'), ...flora.photosOf('test')])
    return accuracyOfLinearModel(train, heldBack, 24)
  }

  test('not colour alone: a linear softmax on the mean colour stays under three times chance', async () => {
    expect(await accuracyOf(meanColour)).toBeLessThan(3 * chance)

    // The model does find colour where there is some: the same photos, each species with a tint of its own.
    const tinted = async (jpeg: Uint8Array, species: number) => [...(await meanColour(jpeg)), species / 24]
    expect(await accuracyOf(tinted)).toBeGreaterThan(3 * chance)
  })

  test('but shape: a linear softmax on the directions of edges is above four times chance', async () => {
    expect(await accuracyOf(edgeDirections)).toBeGreaterThan(4 * chance)
  })
})
