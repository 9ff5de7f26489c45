import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assignSplits, type Observed } from '../src/split.ts'

const photos = fc.array(
  fc.record({ species: fc.nat(12), observation: fc.integer({ min: 0, max: 60 }).map((n) => `plant ${n}`) }),
  { minLength: 1, maxLength: 300 },
)

function plants(species: number, observations: number): Observed[] {
  return Array.from({ length: observations }, (_, n) => ({ species, observation: `${species}-${n}` }))
}

describe('splits', () => {
  test('every species has something to train on', () => {
    fc.assert(
      fc.property(photos, fc.nat(1000), (all, seed) => {
        const splitOf = assignSplits(all, seed)
        const trained = new Set(
          all.filter((photo) => splitOf(photo) === 'train').map((photo) => photo.species),
        )
        expect(trained).toEqual(new Set(all.map((photo) => photo.species)))
      }),
    )
  })

  test('SD3: depend neither on the order of the photos nor on how many an observation has', () => {
    fc.assert(
      fc.property(photos, fc.nat(1000), (all, seed) => {
        const one = assignSplits(all, seed)
        const other = assignSplits([...all, ...all].reverse(), seed)
        for (const photo of all) expect(other(photo)).toBe(one(photo))
      }),
    )
  })

  test('are 80/10/10 of the observations, in the whole and of each species', () => {
    const all = [15, 20, 34, 11, 120].flatMap((observations, species) => plants(species, observations))
    const splitOf = assignSplits(all, 1)
    const share = (some: Observed[], split: string) => some.filter((photo) => splitOf(photo) === split).length
    expect([share(all, 'train'), share(all, 'val'), share(all, 'test')]).toEqual([160, 20, 20])
    for (let species = 0; species < 5; species++) {
      const own = all.filter((photo) => photo.species === species)
      expect(Math.abs(share(own, 'test') - own.length / 10)).toBeLessThan(1)
      expect(Math.abs(share(own, 'val') - own.length / 10)).toBeLessThan(1)
      expect(share(own, 'test') * share(own, 'val')).toBeGreaterThan(0)
    }
  })

  test('up to three of ten observations go to each side on request, and what was held back before stays so', () => {
    const all = [15, 20, 34, 11, 120].flatMap((observations, species) => plants(species, observations))
    const few = assignSplits(all, 1)
    const many = assignSplits(all, 1, 3)
    const count = (split: string) => all.filter((photo) => many(photo) === split).length
    expect([count('train'), count('val'), count('test')]).toEqual([80, 60, 60])
    for (const photo of all) if (few(photo) !== 'train') expect(many(photo)).toBe(few(photo))
  })

  test('another seed holds back others', () => {
    const all = plants(0, 100)
    const heldBack = (seed: number) => all.filter((photo) => assignSplits(all, seed)(photo) === 'test')
    expect(heldBack(1)).toEqual(heldBack(1))
    expect(heldBack(1)).not.toEqual(heldBack(2))
  })
})
