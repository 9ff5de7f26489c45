/** Pictures of what is no plant, drawn. */
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { drawNonPlant, NON_PLANT_KINDS } from '../src/non-plants/index.ts'

const SIZE = 64

it('SD1: the n-th picture of a seed has the same bytes each time, and another seed draws others', async () => {
  for (const n of NON_PLANT_KINDS.keys()) {
    const [first, again, other] = await Promise.all([
      drawNonPlant(1, n, SIZE),
      drawNonPlant(1, n, SIZE),
      drawNonPlant(2, n, SIZE),
    ])
    expect(again.jpeg).toEqual(first.jpeg)
    expect(other.kind).toBe(first.kind)
    expect(other.jpeg).not.toEqual(first.jpeg)
  }
})

it('draws every kind in turn, its shorter side as long as was asked for, and never the same picture twice', async () => {
  const count = 3 * NON_PLANT_KINDS.length
  const drawn = await Promise.all(Array.from({ length: count }, (_, n) => drawNonPlant(1, n, SIZE)))
  expect(drawn.slice(0, NON_PLANT_KINDS.length).map(({ kind }) => kind)).toEqual(NON_PLANT_KINDS)
  for (const { jpeg } of drawn) {
    const { width, height, format } = await sharp(jpeg).metadata()
    expect([Math.min(width, height), format]).toEqual([SIZE, 'jpeg'])
  }
  expect(new Set(drawn.map(({ jpeg }) => Buffer.from(jpeg).toString('base64'))).size).toBe(count)
})
