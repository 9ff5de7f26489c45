import { hashOf } from '@worldflora/protocol/hash'
import { describe, expect, test } from 'vitest'
import { type Photo, readShard } from '../src/shard.ts'
import { ShardWriter } from '../src/shard-writer.ts'

const LIMIT = 200_000

function plant(name: string, photos: number, bytes = 9_000): Photo[] {
  return Array.from({ length: photos }, () => ({
    jpeg: new Uint8Array(bytes).fill(1),
    species: 0,
    observation: name,
  }))
}

async function write(plants: Photo[][]) {
  const shards: Uint8Array[] = []
  const writer = new ShardWriter(async (hash, bytes) => {
    expect(hashOf(bytes)).toBe(hash)
    shards.push(bytes)
  }, LIMIT)
  for (const one of plants) await writer.add(one)
  return { refs: await writer.finish(true), shards }
}

describe('writing shards', () => {
  test('none is larger than the limit, all are well filled, and an observation stays in one', async () => {
    const plants = Array.from({ length: 60 }, (_, n) => plant(`plant ${n}`, 1 + (n % 4)))
    const { refs, shards } = await write(plants)
    expect(shards.length).toBeGreaterThan(5)
    expect(Math.max(...shards.map((bytes) => bytes.length))).toBeLessThanOrEqual(LIMIT)
    expect(Math.min(...shards.slice(0, -1).map((bytes) => bytes.length))).toBeGreaterThan(LIMIT / 2)
    const observations = shards.map((bytes) =>
      (readShard(bytes) as Photo[]).map((photo) => photo.observation),
    )
    expect(observations.flat()).toEqual(plants.flat().map((photo) => photo.observation))
    expect(new Set(observations.flatMap((own) => [...new Set(own)])).size).toBe(60)
    expect(observations.flatMap((own) => [...new Set(own)])).toHaveLength(60)
    expect(refs.flatMap((ref) => ref.observations!)).toEqual(plants.map((photos) => photos.length))
    expect(refs.map((ref) => ref.samples)).toEqual(observations.map((own) => own.length))
  })

  test('an observation larger than a shard is cut, a photo larger than a shard has one of its own', async () => {
    const { shards } = await write([plant('many', 40), plant('huge', 1, 300_000)])
    expect(shards.map((bytes) => (readShard(bytes) as Photo[]).length).reduce((a, b) => a + b)).toBe(41)
    expect(readShard(shards.at(-1)!)).toHaveLength(1)
  })
})
