/** Real threads: what they say of a photo is what a tab says, and what happens to them costs no more than it must. */
import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { openBackend } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { parameterSpecs } from '@worldflora/model/parameters'
import { decodeJpeg, fromRgba, openDecoder, type Rgb } from '@worldflora/model/photo'
import { createPredictor, fuse } from '@worldflora/model/prediction'
import { COMPACT_FORMAT, decodeCompact, encodeCompact } from '@worldflora/protocol/compact-weights'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Identifier, type IdentifierParts } from '../../src/identify/identifier.ts'
import { startPhotoReaders } from '../../src/identify/photo-readers.pool.ts'
import type { PhotoReaders } from '../../src/identify/photo-readers.ts'
import { sha256 } from '../../src/store/blob-store.files.ts'
import { handClock } from '../hand-clock.ts'
import { jpeg, lookOf, picture, species } from './fixture.ts'

/** Of all tests but those that are about threads themselves. */
const two = startPhotoReaders(2)
afterAll(() => two.close())
const shared: PhotoReaders = { ...two, close: async () => {} }

const architecture = { name: 'small-cnn', width: 0.5, imageSize: 32 } as const
const layout = layoutOf(parameterSpecs(architecture, species.length))

function drawnWeights(seed: number): Float32Array {
  const random = new RandomStream(seed, 'initialWeights')
  return Float32Array.from({ length: layout.total }, () => random.uniform() - 0.5)
}

function compactOf(seed: number): Uint8Array<ArrayBuffer> {
  return encodeCompact(drawnWeights(seed), layout)
}

/** `shards`: of its compact form; none: it was published before there was one. */
function modelOf(weights: Uint8Array, name: string, shards: readonly Uint8Array[] = []): PublishedModel {
  const blob = sha256(weights)
  const refs = shards.map((shard) => ({ blob: sha256(shard), bytes: shard.byteLength }))
  return {
    id: name,
    run: { id: 'r' as PublishedModel['run']['id'], name: 'meadow', step: 3 },
    flora: { name: 'meadow', hash: blob },
    checkpoint: blob,
    weights: { blob, bytes: weights.byteLength },
    compact: refs.length === 0 ? null : { format: COMPACT_FORMAT, shards: refs },
    architecture,
    species,
    evaluation: null,
    calibration: null,
    publishedAt: '2026-01-01T00:00:00.000Z',
    places: null,
  }
}

function identifierOf(readers: PhotoReaders, more: Partial<IdentifierParts> = {}) {
  const weights = [1, 2].map((seed) => encodeWeights(drawnWeights(seed)))
  const compact = [1, 2].map(compactOf)
  // Two shards each, so that they have to be put together.
  const shards = compact.map((bytes) => [bytes.slice(0, 1000), bytes.slice(1000)])
  const models = weights.map((bytes, i) => modelOf(bytes, `model-${i}`, shards[i]))
  const stored = [...weights, ...shards.flat()]
  const clock = handClock()
  const identifier = new Identifier({
    store: { latestModel: async () => models[0]! },
    blobs: { get: async (hash) => stored.find((bytes) => sha256(bytes) === hash) ?? null },
    clock,
    readers,
    ...more,
  })
  onTestFinished(() => identifier.close())
  return { identifier, models, clock }
}

/** As the tab names a plant: apps/web/src/identify/identifier.ts. */
async function tabsScores(seed: number, photos: readonly Rgb[]): Promise<Float32Array> {
  const weights = decodeCompact(compactOf(seed), layout)
  if (isRejection(weights)) throw new Error(weights.message)
  return scoresBy(weights, photos)
}

async function scoresBy(weights: Float32Array, photos: readonly Rgb[]): Promise<Float32Array> {
  const predictor = createPredictor({ architecture, classes: species.length, weights })
  const probabilities: Float32Array[] = []
  for (const photo of photos) probabilities.push(...(await predictor.predict([photo])))
  predictor.dispose()
  return fuse(probabilities)
}

function decoded(bytes: Uint8Array): Rgb {
  const photo = decodeJpeg(bytes)
  if (isRejection(photo)) throw new Error(photo.message)
  return photo
}

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

describe('PN1: scores are those of the tab', () => {
  it('of 30 drawn JPEGs, bit for bit; of several photos the mean', async () => {
    const { identifier, models } = identifierOf(shared)
    const model = models[0]!
    const photos = await Promise.all(
      Array.from({ length: 30 }, (_, n) => jpeg(n, { width: 40 + n * 11, height: 64 + ((n * 37) % 90) })),
    )
    await Promise.all(
      photos.map(async (photo) => {
        const named = await identifier.scoresOf(model, [photo])
        expect(named).toMatchObject({
          isPlant: true,
          organs: [null],
          scores: await tabsScores(1, [decoded(photo)]),
        })
      }),
    )
    const plant = photos.slice(0, 5)
    const named = await identifier.scoresOf(model, plant)
    expect(named).toMatchObject({ scores: await tabsScores(1, plant.map(decoded)) })
  })

  it('a PNG is looked at as a browser shows it: upright, transparency on white', async () => {
    const { identifier, models } = identifierOf(shared)
    const image = picture(7).ensureAlpha(0.5)
    const raw = await image.clone().raw().toBuffer({ resolveWithObject: true })
    const rgba = fromRgba({ width: raw.info.width, height: raw.info.height, data: raw.data })
    const named = await identifier.scoresOf(models[0]!, [await image.png().toBuffer()])
    expect(named).toMatchObject({ scores: await tabsScores(1, [rgba]) })
  })

  it('a JPEG of 40 megapixels is made smaller on the way', async () => {
    const { identifier, models } = identifierOf(shared)
    const large = await picture(3, { width: 8000, height: 5000 }).jpeg({ quality: 50 }).toBuffer()
    const small = await picture(3, { width: 1600, height: 1000 }).jpeg({ quality: 95 }).toBuffer()
    const [named, expected] = [
      await identifier.scoresOf(models[0]!, [large]),
      await tabsScores(1, [decoded(small)]),
    ]
    if (isRejection(named)) throw new Error(named.message)
    for (const [i, score] of named.scores.entries()) expect(Math.abs(score - expected[i]!)).toBeLessThan(0.01)
  })

  it('PN3: which photo cannot be read is said, and the others cost nothing', async () => {
    const { identifier, models } = identifierOf(shared)
    const good = await jpeg(1)
    const garbled = Buffer.from(good)
    randomBytes(40).copy(garbled, 300)
    expect(await identifier.scoresOf(models[0]!, [good, good.subarray(0, 500)])).toMatchObject({
      code: 'broken-photo',
      photo: 1,
    })
    const outcome = await identifier.scoresOf(models[0]!, [garbled])
    expect(isRejection(outcome) ? outcome.code : 'read').toMatch(/^(read|broken-photo|unsupported-type)$/)
    expect(await identifier.scoresOf(models[0]!, [good])).toHaveProperty('scores')
  })
})

describe('PN5: a publication', () => {
  it('is taken up by the next request; one under way ends with the model it began with', async () => {
    const waiting: (() => void)[] = []
    const forgotten: string[] = []
    const readers: PhotoReaders = {
      read: (model) =>
        new Promise((resolve) => waiting.push(() => resolve(lookOf([model.id === 'model-0' ? 0 : 1, 0, 0])))),
      fitToKeep: shared.fitToKeep,
      forget: (id) => void forgotten.push(id),
      waitMs: () => 0,
      close: async () => {},
    }
    const { identifier, models } = identifierOf(readers)
    const before = (await identifier.published())!
    const early = identifier.scoresOf(before, [new Uint8Array(1)])
    await expect.poll(() => waiting.length, { timeout: 60_000 }).toBe(1)
    identifier.take(models[1]!)
    const after = (await identifier.published())!
    expect([before.id, after.id]).toEqual(['model-0', 'model-1'])
    const late = identifier.scoresOf(after, [new Uint8Array(1)])
    await expect.poll(() => waiting.length, { timeout: 60_000 }).toBe(2)
    expect(forgotten).toEqual([])
    waiting[1]!()
    expect(await late).toMatchObject({ scores: Float32Array.of(1, 0, 0) })
    waiting[0]!()
    expect(await early).toMatchObject({ scores: Float32Array.of(0, 0, 0) })
    expect(forgotten).toEqual(['model-0'])
  })

  it('threads keep both as long as they are asked for, and give memory back after', async () => {
    const { identifier, models } = identifierOf(shared)
    const photo = await jpeg(4)
    const [first, second] = [
      await identifier.scoresOf(models[0]!, [photo]),
      await tabsScores(2, [decoded(photo)]),
    ]
    identifier.take(models[1]!)
    expect(await identifier.scoresOf(models[1]!, [photo])).toMatchObject({ scores: second })
    // One that began before is answered by the former model, read again for it.
    expect(await identifier.scoresOf(models[0]!, [photo])).toEqual(first)
    expect(await identifier.scoresOf(models[1]!, [photo])).toMatchObject({ scores: second })
  })

  it('QW3: a model that was published before there were shards is named with by its weights', async () => {
    const { identifier, models } = identifierOf(shared)
    const photo = await jpeg(1)
    const before = { ...models[0]!, id: 'before', compact: null }
    const scores = await scoresBy(drawnWeights(1), [decoded(photo)])
    expect(await identifier.scoresOf(before, [photo])).toMatchObject({ scores })
    expect(await tabsScores(1, [decoded(photo)])).not.toEqual(scores)
  })

  it('a model whose weights are gone is refused in words', async () => {
    const { identifier, models } = identifierOf(shared, { blobs: { get: async () => null } })
    expect(await identifier.scoresOf(models[0]!, [await jpeg(1)])).toMatchObject({ code: 'model-damaged' })
  })
})

describe('PN2: threads', () => {
  it('that die take one photo with them; the others are read, by another', async () => {
    const readers = startPhotoReaders(1)
    const { identifier, models } = identifierOf(readers)
    const photo = await jpeg(1)
    const expected = await identifier.scoresOf(models[0]!, [photo])
    // Weights that fit no network are a bug: the thread throws.
    const broken = {
      id: 'broken',
      architecture,
      classes: 3,
      weights: { form: 'compact' as const, bytes: new SharedArrayBuffer(8) },
      calibration: null,
      heads: null,
    }
    const lost = readers.read(broken, photo)
    const next = identifier.scoresOf(models[0]!, [photo])
    await expect(lost).rejects.toThrow('it has 8 bytes')
    expect(await next).toEqual(expected)
  })

  it('PN2: 64 requests at a time are admitted, 48 of one key; when to ask again is told by what is left to do', async () => {
    const { identifier } = identifierOf({
      read: () => Promise.reject(new Error('not asked')),
      fitToKeep: () => Promise.reject(new Error('not asked')),
      forget: () => {},
      waitMs: () => 4200,
      close: async () => {},
    })
    let letGo!: () => void
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const busy = { kind: 'busy', retryAfterSeconds: 5 }
    const greedy = Array.from({ length: 48 }, () => identifier.admit('greedy', () => held))
    expect(await identifier.admit('greedy', async () => 'done')).toEqual(busy)
    const others = Array.from({ length: 16 }, (_, n) => identifier.admit(`key ${n}`, () => held))
    expect(await identifier.admit('one more', async () => 'done')).toEqual(busy)
    letGo()
    await Promise.all([...greedy, ...others])
    expect(await identifier.admit('greedy', async () => 'done')).toBe('done')
  })

  it('are sent a photo’s own bytes, not the request that it lies in', async () => {
    const readers = startPhotoReaders(1)
    onTestFinished(() => readers.close())
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    onTestFinished(() => post.mockRestore())
    const photo = await jpeg(1)
    const request = new Uint8Array(1_000_000)
    request.set(photo, 500)
    const fitted = await readers.fitToKeep(request.subarray(500, 500 + photo.byteLength))
    expect(fitted).toMatchObject({ width: 48, height: 40 })
    const [message] = post.mock.calls[0]! as [{ job: { photo: Uint8Array } }]
    expect(message.job.photo.buffer.byteLength).toBe(photo.byteLength)
  })

  it('end after a quarter of an hour without work, and start again with the next photo', async () => {
    const closed: number[] = []
    const own = startPhotoReaders(1)
    const { identifier, models, clock } = identifierOf({
      ...own,
      close: () => {
        closed.push(clock.nowMs())
        return own.close()
      },
    })
    const photo = await jpeg(1)
    const name = () => identifier.admit('a key', () => identifier.scoresOf(models[0]!, [photo]))
    const before = await name()
    clock.moveOn(15 * 60_000 - 1)
    expect(closed).toEqual([])
    clock.moveOn(1)
    expect(closed).toEqual([15 * 60_000])
    expect(await name()).toEqual(before)
  })
})
