import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { describe, expect, test } from 'vitest'
import { encodeManifest, type Manifest, parseManifest } from '../src/manifest.ts'

const manifest: Manifest = {
  formatVersion: 1,
  name: 'meadow',
  storedSize: 256,
  species: [
    { id: 'aloe-vera', scientificName: 'Aloe vera', genus: 'Aloe', family: 'Asphodelaceae' },
    { id: 'bellis-perennis', scientificName: 'Bellis perennis', commonName: 'daisy' },
  ],
  shards: {
    train: [{ hash: 'a'.repeat(64) as Hash, bytes: 20_480, samples: 9 }],
    val: [],
    test: [{ hash: 'b'.repeat(64) as Hash, bytes: 10_240, samples: 3, observations: [2, 1] }],
  },
  licences: { 'CC BY 4.0': 12 },
}
const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

describe('a manifest', () => {
  test('SD3: has one encoding, hence one hash, whatever the order of its fields', () => {
    const reordered = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest
    expect(hashOf(encodeManifest(reordered))).toBe(hashOf(encodeManifest(manifest)))
    expect(hashOf(encodeManifest(manifest))).toBe(
      '865b404818ab518c5a788f8324f4096b14a635c5f3097f434f44a531b5adab73',
    )
    expect(parseManifest(encodeManifest(manifest))).toEqual(manifest)
  })

  test('TR1: one of before there were train labels is read as it is', () => {
    expect(parseManifest(encodeManifest(manifest))).not.toHaveProperty('trainLabels')
    const blob = { hash: 'c'.repeat(64) as Hash, bytes: 36 }
    const labelled: Manifest = { ...manifest, trainLabels: { labels: blob, counts: blob, trusted: 3 } }
    expect(parseManifest(encodeManifest(labelled))).toEqual(labelled)
  })

  test('PL1: one of before there were places is read as it is, and keeps its hash', () => {
    expect(parseManifest(encodeManifest(manifest))).not.toHaveProperty('places')
    const placed: Manifest = { ...manifest, places: { hash: 'd'.repeat(64) as Hash, bytes: 12 } }
    expect(parseManifest(encodeManifest(placed))).toEqual(placed)
  })

  test('IN1: what is wrong is named, with what to do', () => {
    expect(parseManifest(new Uint8Array([1, 2, 3]))).toMatchObject({ code: 'invalid-manifest' })
    expect(parseManifest(encoded(null))).toMatchObject({ kind: 'rejection' })
    expect(parseManifest(encoded({ ...manifest, formatVersion: 2 }))).toMatchObject({
      code: 'newer-manifest',
      action: expect.stringContaining('Update'),
    })
    const twice = { ...manifest, species: [manifest.species[0], manifest.species[0]] }
    expect(parseManifest(encoded(twice))).toMatchObject({ message: expect.stringContaining('id of its own') })
    const odd = {
      ...manifest,
      shards: { ...manifest.shards, test: [{ ...manifest.shards.test[0], observations: [9] }] },
    }
    expect(parseManifest(encoded(odd))).toMatchObject({ message: expect.stringContaining('add up') })
  })
})
