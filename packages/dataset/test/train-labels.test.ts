import { expect, test } from 'vitest'
import { decodeTrainCounts, decodeTrainLabels, encodeTrainLabels } from '../src/train-labels.ts'

const labels = [{ species: 2, trusted: true }, { species: 0 }, { species: 2, trusted: false }]

test('TR1: train labels and counts come back as they were, with which are trusted', () => {
  const { ref, blobs } = encodeTrainLabels(labels, 4)
  expect(ref).toMatchObject({ trusted: 1, labels: { bytes: 12 }, counts: { bytes: 16 } })
  expect(blobs.map(({ hash }) => hash)).toEqual([ref.labels.hash, ref.counts.hash])
  const read = decodeTrainLabels(blobs[0]!.bytes, { photos: 3, species: 4 })
  if ('kind' in read) throw new Error(read.message)
  expect([0, 1, 2].map((photo) => [read.speciesOf(photo), read.isTrusted(photo)])).toEqual([
    [2, true],
    [0, false],
    [2, false],
  ])
  expect(decodeTrainCounts(blobs[1]!.bytes, 4)).toEqual(new Uint32Array([1, 0, 2, 0]))
})

test('IN1: labels of other photos, or of species that the flora does not have, are refused', () => {
  const { blobs } = encodeTrainLabels(labels, 4)
  const refused = { code: 'invalid-train-labels', action: 'Import the flora again.' }
  expect(decodeTrainLabels(blobs[0]!.bytes, { photos: 2, species: 4 })).toMatchObject(refused)
  expect(decodeTrainLabels(blobs[0]!.bytes, { photos: 3, species: 2 })).toMatchObject(refused)
  expect(decodeTrainCounts(blobs[1]!.bytes, 5)).toMatchObject(refused)
})
