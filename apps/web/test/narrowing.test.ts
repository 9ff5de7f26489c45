/** What else is known of a plant, and what follows from it for the answer. */
import type { Look } from '@worldflora/model/prediction'
import type { Calibration } from '@worldflora/protocol/calibration'
import type { Point, SpeciesPlaces } from '@worldflora/protocol/places'
import type { Species } from '@worldflora/protocol/species'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf } from '../src/identify/answer.ts'
import { answerFrom, type Seen } from '../src/identify/answering.ts'
import { UNNARROWED } from '../src/identify/narrowing/narrowing.ts'
import { placePriorAt } from '../src/identify/narrowing/place-prior.ts'
import { pointWords, readPoint } from '../src/identify/narrowing/point-words.ts'
import { rescore } from '../src/identify/narrowing/rescore.ts'

const logits = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 30 })
const scoresOf = (all: number[]) => {
  const powers = all.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b)
  return Float32Array.from(powers, (power) => power / sum)
}
const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0)

const point: fc.Arbitrary<Point> = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
})
const placesOf = (degrees: 1 | 5): fc.Arbitrary<SpeciesPlaces> =>
  fc
    .array(
      fc.record({
        row: fc.nat(180 / degrees - 1),
        column: fc.nat(360 / degrees - 1),
        sightings: fc.integer({ min: 1, max: 500 }),
      }),
      { maxLength: 20 },
    )
    .map((squares) => ({ degrees, squares }))
const places = fc.array(fc.oneof(placesOf(1), placesOf(5)), { minLength: 1, maxLength: 12 })

describe('scores that are kept to a list', () => {
  it('NR1: sum to 1, are 0 outside of it, and keep their order and their ratios in it', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1 }), (all, mask) => {
        const scores = scoresOf(all)
        const isAllowed = (species: number) => ((mask >> (species % 30)) & 1) === 1
        const allowed = [...scores.keys()].filter(isAllowed)
        fc.pre(allowed.length > 0)
        const { scores: kept, share } = rescore(scores, { allowed: new Set(allowed) })
        expect(sumOf(kept)).toBeCloseTo(1, 5)
        expect(share).toBeCloseTo(sumOf(allowed.map((species) => scores[species]!)), 6)
        for (const a of scores.keys()) {
          if (!isAllowed(a)) expect(kept[a]).toBe(0)
          for (const b of allowed) {
            if (!isAllowed(a)) continue
            if (scores[a]! > scores[b]!) expect(kept[a]!).toBeGreaterThanOrEqual(kept[b]!)
            expect(kept[a]! * scores[b]!).toBeCloseTo(kept[b]! * scores[a]!, 6)
          }
        }
      }),
    )
  })

  it('NR1: all of them allowed and no place: they stay as they are', () => {
    fc.assert(
      fc.property(logits, (all) => {
        const scores = scoresOf(all)
        const { scores: kept } = rescore(scores, {})
        for (const [species, score] of scores.entries()) expect(kept[species]).toBeCloseTo(score, 6)
      }),
    )
  })

  it('NR1: of which nothing is left in single precision tell nothing apart', () => {
    const { scores, share } = rescore(Float32Array.of(1, 0, 0), { allowed: new Set([1, 2]) })
    expect([[...scores], share]).toEqual([[0, 0.5, 0.5], 0])
  })
})

describe('the weight of a place', () => {
  it('PL2: is finite and never 0; weighed scores sum to 1, and no species is ruled out', () => {
    fc.assert(
      fc.property(places, point, (all, place) => {
        const { weights } = placePriorAt(place, all)
        for (const weight of weights) expect(Number.isFinite(weight) && weight > 0).toBe(true)
        const scores = new Float32Array(all.length).fill(1 / all.length)
        const { scores: weighed } = rescore(scores, { weights })
        expect(sumOf(weighed)).toBeCloseTo(1, 5)
        for (const score of weighed) expect(score).toBeGreaterThan(0)
      }),
      { numRuns: 40 },
    )
  })

  const around = (row: number, column: number, sightings: number): SpeciesPlaces => ({
    degrees: 1,
    squares: [{ row, column, sightings }],
  })
  /** In the middle of the square of row 136 and column 187. */
  const here = { latitude: 46.5, longitude: 7.5 }

  it('PL2: more for what was met here, less for what was met elsewhere the more was looked for, none where nothing is known', () => {
    const nowhere = { degrees: 1, squares: [] }
    const { weights, presence, isKnown } = placePriorAt(here, [
      around(136, 187, 20),
      around(40, 300, 20),
      nowhere,
    ])
    expect(weights[0]).toBeCloseTo(21 / 11, 6)
    expect(weights[1]).toBeCloseTo(1 / 11, 6)
    expect(weights[2]).toBe(1)
    expect(presence).toEqual(['here', 'elsewhere', 'untold'])
    expect(isKnown).toBe(true)
    const busier = placePriorAt(here, [around(136, 187, 2000), around(40, 300, 2000)])
    expect(busier.weights[1]).toBeLessThan(weights[1]!)
    // One sighting elsewhere hardly says that it does not grow here.
    expect(placePriorAt(here, [around(136, 187, 20), around(40, 300, 1)]).weights[1]).toBeGreaterThan(0.5)
  })

  it('PL2: where nobody has been nothing is different', () => {
    const away = placePriorAt({ latitude: -60, longitude: -120 }, [around(136, 187, 20), around(40, 10, 20)])
    expect([...away.weights].map((weight) => weight.toFixed(6))).toEqual(['1.000000', '1.000000'])
    expect(away).toMatchObject({ isKnown: false, presence: ['untold', 'untold'] })
  })

  it('PL2: a coarse square says on average what its fine ones do, and the same wherever in it a plant was met', () => {
    const coarse: SpeciesPlaces = { degrees: 5, squares: [{ row: 27, column: 37, sightings: 25 }] }
    const fine: SpeciesPlaces = {
      degrees: 1,
      squares: Array.from({ length: 25 }, (_, i) => ({
        row: 135 + Math.floor(i / 5),
        column: 185 + (i % 5),
        sightings: 1,
      })),
    }
    const [a, b] = placePriorAt(here, [coarse, fine]).weights
    expect(a! / b!).toBeCloseTo(1, 1)
    expect(placePriorAt(here, [coarse]).presence).toEqual(['here'])
  })

  it('PL2: goes across the date line and over the poles', () => {
    const east = around(90, 359, 50)
    expect(placePriorAt({ latitude: 0.5, longitude: -179.5 }, [east]).presence).toEqual(['here'])
    expect(placePriorAt({ latitude: 89.9, longitude: 0 }, [around(179, 180, 50)]).presence).toEqual(['here'])
  })
})

describe('an answer that is narrowed', () => {
  const of = (id: string, genus: string, checklists: string[]): Species => ({
    id,
    scientificName: `${genus} ${id}`,
    genus,
    checklists,
  })
  const species = [
    of('robur', 'Quercus', ['wood']),
    of('petraea', 'Quercus', ['wood']),
    of('campestre', 'Acer', ['wood', 'garden']),
    of('perennis', 'Bellis', ['garden']),
  ]
  const calibration: Calibration = {
    temperature: 1,
    rollUp: { species: 0.8, genus: 0.85, family: null, shortlist: 0.8 },
    plantCheck: { threshold: 0, plantsRefused: 0, nonPlantsRefused: 1, plants: 9, nonPlants: 9 },
    organs: null,
    heads: null,
    lacking: [],
  } as unknown as Calibration
  const look = (scores: number[], plant = 1): Look => ({
    scores: Float32Array.from(scores),
    plant,
    organs: new Float32Array(0),
  })
  const seen = (scores: number[], plant = 1): Seen => ({
    model: { species, calibration },
    places: species.map((_, i) => ({ degrees: 1, squares: [{ row: 100, column: 40 * i, sightings: 30 }] })),
    looks: [look(scores, plant)],
  })

  it('NR2: comes from the looks that were taken: none is taken again', () => {
    let reads = 0
    const taken = seen([0.4, 0.35, 0.05, 0.2])
    const counted = taken.looks.map((one) => ({
      ...one,
      get scores() {
        reads++
        return one.scores
      },
    }))
    const all = answerFrom({ ...taken, looks: counted }, UNNARROWED)
    const garden = answerFrom({ ...taken, looks: counted }, { ...UNNARROWED, checklist: 'garden' })
    const again = answerFrom({ ...taken, looks: counted }, UNNARROWED)
    expect(reads).toBe(3)
    expect(again).toEqual(all)
    expect(all).not.toHaveProperty('narrowed')
    expect(garden.candidates.map(({ species: { id }, score }) => [id, score.toFixed(2)])).toEqual([
      ['perennis', '0.80'],
      ['campestre', '0.20'],
    ])
    expect(garden.narrowed).toMatchObject({ checklist: { name: 'garden', species: 2 }, place: null })
    expect(garden.narrowed!.checklist!.share).toBeCloseTo(0.25, 6)
  })

  it('NR1: genus and shortlist are of the scores that are kept; whether there is a plant does not change', () => {
    const answer = (scores: number[], checklist: string | null, plant = 1) => ({
      milliseconds: 0,
      ...answerFrom(seen(scores, plant), { ...UNNARROWED, checklist }),
    })
    const open = [0.35, 0.3, 0.05, 0.3]
    expect(verdictOf(answer(open, null)).kind).toBe('shortlist')
    const wood = answer(open, 'wood')
    expect(verdictOf(wood).kind).toBe('kin')
    expect(wood.kin).toMatchObject({ rank: 'genus', name: 'Quercus' })
    expect(wood.kin!.score).toBeCloseTo(0.65 / 0.7, 5)
    expect(verdictOf(answer([0.02, 0.02, 0.02, 0.94], 'garden')).kind).toBe('species')
    expect(verdictOf(answer(open, 'wood', -1)).kind).toBe('no-plant')
  })

  it('NR3: of a list that has little of the score, nothing is said to be the answer', () => {
    const answer = {
      milliseconds: 0,
      ...answerFrom(seen([0.02, 0.02, 0.06, 0.9]), { ...UNNARROWED, checklist: 'wood' }),
    }
    expect(answer.candidates[0]!.score).toBeGreaterThan(0.5)
    expect(verdictOf(answer)).toEqual({ kind: 'outside', checklist: 'wood' })
  })

  it('NR1, PL2: a list that the model does not have, and a place where it knows none, change nothing', () => {
    const scores = [0.4, 0.35, 0.05, 0.2]
    const plain = answerFrom(seen(scores), UNNARROWED)
    expect(answerFrom(seen(scores), { ...UNNARROWED, checklist: 'moon' })).toEqual(plain)
    const place = { latitude: 10, longitude: 10 }
    expect(answerFrom({ ...seen(scores), places: null }, { ...UNNARROWED, place })).toEqual(plain)
  })

  it('PL2: a place says of each candidate whether it is known from there, and puts what is first', () => {
    const place = { latitude: 10.5, longitude: -180 + 80.5 }
    const answer = answerFrom(seen([0.3, 0.25, 0.25, 0.2]), { ...UNNARROWED, place })
    expect(answer.candidates.map(({ species: { id }, presence }) => [id, presence])).toEqual([
      ['campestre', 'here'],
      ['robur', 'elsewhere'],
      ['petraea', 'elsewhere'],
      ['perennis', 'elsewhere'],
    ])
    expect(answer.narrowed).toEqual({ checklist: null, place: { isKnown: true } })
  })
})

describe('a place that is written', () => {
  it.each([
    ['46.5, 7.6', 46.5, 7.6],
    [' 46,5 7,6 ', 46.5, 7.6],
    ['46,5; -7,6', 46.5, -7.6],
    ['46.5° N, 7.6° W', 46.5, -7.6],
    ['33.9 s 18.4 e', -33.9, 18.4],
    ['-90,180', -90, 180],
  ])('%s is read', (words, latitude, longitude) => expect(readPoint(words)).toEqual({ latitude, longitude }))

  it.each(['', 'Bern', '46.5', '91, 7', '46, 181', '1,2,3', '46.5.1, 7'])('%s is none', (words) =>
    expect(readPoint(words)).toBeNull(),
  )

  it('is read as it is shown', () => {
    fc.assert(
      fc.property(point, (place) => {
        const read = readPoint(pointWords(place))!
        expect(read.latitude).toBeCloseTo(place.latitude, 0)
        expect(read.longitude).toBeCloseTo(place.longitude, 0)
      }),
    )
  })
})
