import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashOf } from '@worldflora/protocol/hash'
import { isRejection } from '@worldflora/protocol/rejection'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Photo, packShard, readShard, shardBytesOf } from '../src/shard.ts'

const photo = fc.record(
  {
    jpeg: fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    species: fc.nat(294_000),
    observation: fc.string({ minLength: 1, maxLength: 40 }),
    organ: fc.constantFrom('leaf', 'flower'),
    author: fc.string({ unit: 'grapheme', maxLength: 30 }),
  },
  { requiredKeys: ['jpeg', 'species', 'observation'] },
)
const two: Photo[] = [
  { jpeg: new Uint8Array([0xff, 0xd8, 1]), species: 4, observation: 'a', organ: 'leaf' },
  {
    jpeg: new Uint8Array([0xff, 0xd8, 2]),
    species: 0,
    observation: 'b',
    license: 'CC BY 4.0',
    author: 'Zoë',
  },
]

describe('a shard', () => {
  test('gives back what was packed', () => {
    fc.assert(
      fc.property(fc.array(photo, { maxLength: 20 }), (photos) => {
        expect(readShard(packShard(photos))).toEqual(photos)
      }),
    )
  })

  test('SD3: equal photos give equal bytes, whenever they are packed (golden hash)', () => {
    expect(hashOf(packShard(two))).toBe('7321870c4d3fc481f1aa30b71c9c8b3253ef66c5e760970b42ebd98dd6814e80')
  })

  test('is never larger than its photos were said to add', () => {
    fc.assert(
      fc.property(fc.array(photo, { maxLength: 20 }), (photos) => {
        const said = photos.reduce((sum, one) => sum + shardBytesOf(one), 0)
        expect(packShard(photos).length).toBeLessThanOrEqual(said + 3 * 10_240)
      }),
    )
  })

  test('is read without copying a photo, also out of a larger buffer', () => {
    const bytes = packShard(two)
    const photos = readShard(bytes) as Photo[]
    expect(photos.every((one) => one.jpeg.buffer === bytes.buffer)).toBe(true)
    const larger = new Uint8Array(bytes.length + 100)
    larger.set(bytes, 50)
    expect(readShard(larger.subarray(50, 50 + bytes.length))).toEqual(photos)
  })

  test('is a tar that other programs read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'worldflora-shard-'))
    try {
      // 18 blocks of photo, with their headers and the index exactly one record: the end mark needs another.
      const full: Photo = { jpeg: new Uint8Array(10_240 - 3 * 512), species: 1, observation: 'full' }
      writeFileSync(join(folder, 'shard.tar'), packShard([full]))
      const names = execFileSync('tar', ['-tf', join(folder, 'shard.tar')], { encoding: 'utf8' })
      expect(names).toBe('index.json\n000000.jpg\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('IN1: bytes that are no shard are rejected with a reason, never thrown at', () => {
    const packed = packShard(two)
    const torn = packed.slice(0, 1700)
    const relabelled = packed.slice()
    relabelled.set(new TextEncoder().encode('{"formatVersion":7'), 512)
    for (const bytes of [new Uint8Array(), new Uint8Array(4096), torn, relabelled]) {
      expect(isRejection(readShard(bytes))).toBe(true)
    }
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = packed.slice()
        damaged[at] = byte
        const read = readShard(damaged)
        expect(isRejection(read) || read.length === 2).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
