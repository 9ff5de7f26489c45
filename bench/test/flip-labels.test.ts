import { expect, test } from 'vitest'
import { flipLabels } from '../flip-labels/table.ts'

const SPECIES = ['aloe', 'bellis', 'cicer', 'daucus']
const table = [
  'image,species,genus,observation,split',
  ...Array.from({ length: 80 }, (_, n) => {
    const species = SPECIES[n % 4]!
    return `${n}.jpg,${species},genus of ${species},plant ${n >> 3},${n < 64 ? 'train' : 'test'}`
  }),
  '',
].join('\n')
const rowsOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

test('labels of so many train plants are wrong, all photos of a plant alike; test and val are as they were', () => {
  const wish = { share: 0.25, validation: 0.25, trusted: 0, seed: 1 }
  const flipped = flipLabels(table, wish)
  expect(flipLabels(table, wish)).toEqual(flipped)
  expect(flipLabels(table, { ...wish, seed: 2 })).not.toEqual(flipped)
  expect(flipped).toMatchObject({ photos: 80, valPhotos: 16, flippedPhotos: 12, trustedPhotos: 0 })
  const before = rowsOf(table)
  const byPlant = new Map<string, Set<string>>()
  for (const [n, [image, species, genus, observation, split]] of rowsOf(flipped.table).entries()) {
    expect(image).toBe(before[n]![0])
    expect(genus).toBe(`genus of ${species}`)
    if (split !== 'train') expect(species).toBe(before[n]![1])
    const plant = `${before[n]![1]} ${observation}`
    byPlant.set(plant, (byPlant.get(plant) ?? new Set()).add(`${species} ${split}`))
  }
  expect([...byPlant.values()].every((said) => said.size === 1)).toBe(true)
})

test('trusted plants stay right and say so', () => {
  const flipped = flipLabels(table, { share: 1, validation: 0, trusted: 0.25, seed: 1 })
  expect(flipped).toMatchObject({ trustedPhotos: 16, flippedPhotos: 48 })
  for (const [n, row] of rowsOf(flipped.table).entries()) {
    const isRight = row[1] === rowsOf(table)[n]![1]
    expect(isRight).toBe(row[5] === 'yes' || row[4] === 'test')
  }
})
