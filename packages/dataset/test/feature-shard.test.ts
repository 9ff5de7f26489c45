import { decodeFloat16, encodeFloat16 } from '@worldflora/protocol/float16'
import { isRejection } from '@worldflora/protocol/rejection'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  featuresAt,
  isFeatureShard,
  largestFeatureShardBytes,
  packFeatureShard,
  readFeatureShard,
} from '../src/feature-shard.ts'

const shard = fc
  .record({
    photos: fc.integer({ min: 1, max: 9 }),
    views: fc.integer({ min: 1, max: 3 }),
    dims: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ photos, views, dims }) => ({
    labels: Array.from({ length: photos }, (_, photo) => ({ species: photo * 30_000 })),
    views,
    dims,
    values: encodeFloat16(Float32Array.from({ length: photos * views * dims }, (_, i) => i / 4)),
  }))

describe('FE1: a shard of features', () => {
  it('is read as it was packed, wherever in a buffer it lies, and every sample is found', () => {
    fc.assert(
      fc.property(shard, fc.integer({ min: 0, max: 5 }), (packed, offset) => {
        const bytes = packFeatureShard(packed)
        const { views, dims, labels } = packed
        expect(bytes.length).toBeLessThanOrEqual(
          largestFeatureShardBytes({ photos: labels.length, views, dims }),
        )
        const elsewhere = new Uint8Array(bytes.length + offset + 3).subarray(offset, offset + bytes.length)
        elsewhere.set(bytes)
        const read = readFeatureShard(elsewhere)
        if (isRejection(read)) throw new Error(read.message)
        expect({ ...read, values: [...read.values] }).toEqual({ ...packed, values: [...packed.values] })
        for (let sample = 0; sample < labels.length * views; sample++) {
          const { species, features } = featuresAt(read, sample)
          expect(species).toBe(labels[sample % labels.length]!.species)
          expect(features).toEqual(decodeFloat16(packed.values).slice(sample * dims, (sample + 1) * dims))
        }
      }),
    )
  })

  it('IN1: cut, longer, with bits turned or endless in its numbers, it is refused with words or read as something whole', () => {
    fc.assert(
      fc.property(shard, fc.nat(), fc.integer({ min: 1, max: 255 }), (packed, place, change) => {
        const bytes = packFeatureShard(packed)
        expect(isRejection(readFeatureShard(bytes.subarray(0, place % bytes.length)))).toBe(true)
        expect(isRejection(readFeatureShard(new Uint8Array([...bytes, 0])))).toBe(true)
        bytes[place % bytes.length]! ^= change
        const read = readFeatureShard(bytes)
        if (isRejection(read)) expect(read.code).toBe('invalid-features')
        else expect(read.values.length).toBe(read.labels.length * read.views * read.dims * 2)
      }),
    )
    const endless = {
      labels: [{ species: 0 }],
      views: 1,
      dims: 2,
      values: encodeFloat16(Float32Array.of(1, 1e9)),
    }
    expect(readFeatureShard(packFeatureShard(endless))).toMatchObject({
      message: expect.stringContaining('finite'),
    })
    expect(isFeatureShard(new Uint8Array(3))).toBe(false)
  })
})
