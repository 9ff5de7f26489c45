import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  COARSE_DEGREES,
  decodePlaces,
  encodePlaces,
  FINE_DEGREES,
  type Sighting,
  type SpeciesPlaces,
  squareDegreesOf,
} from '../src/places.ts'
import { isRejection } from '../src/rejection.ts'

const CATEGORIES = ['LC', 'NT', '', 'VU', 'EN', 'CR', 'EW', 'EX', 'DD', 'vulnerable', 'CR (PE)', 'RE', '?']
const flora = CATEGORIES.map((iucnCategory) => ({ iucnCategory }))

const coordinate = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
const sighting: fc.Arbitrary<Sighting> = fc.record({
  species: fc.nat(flora.length - 1),
  latitude: coordinate(90),
  longitude: coordinate(180),
})

function decoded(bytes: Uint8Array, species = flora.length): SpeciesPlaces[] {
  const places = decodePlaces(bytes, species)
  if (isRejection(places)) throw new Error(places.message)
  return places
}

describe('places', () => {
  test('PL1: only what is known to be in no danger has fine squares', () => {
    const fine = CATEGORIES.filter((iucnCategory) => squareDegreesOf({ iucnCategory }) === FINE_DEGREES)
    expect(fine).toEqual(['LC', 'NT', ''])
    expect(squareDegreesOf({})).toBe(FINE_DEGREES)
    const places = decoded(encodePlaces(flora, []))
    expect(places.map(({ degrees }) => degrees)).toEqual(flora.map(squareDegreesOf))
  })

  test('PL1: sightings anywhere in the same squares give the same bytes, so that nothing finer can be read from them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sighting, fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(1e6)), {
          maxLength: 40,
        }),
        (all) => {
          const moved = all.map(([{ species, latitude, longitude }, part]) => {
            const degrees = squareDegreesOf(flora[species]!)
            const corner = (angle: number, most: number) =>
              Math.min(most - degrees, Math.floor((angle + most) / degrees) * degrees - most)
            // On the date line, or on it but for a rounding error.
            const east = longitude + 180 >= 360 ? -180 : longitude
            return {
              species,
              latitude: corner(latitude, 90) + part * degrees,
              longitude: corner(east, 180) + part * degrees,
            }
          })
          const shuffled = moved.map((one, i) => ({ one, key: all[i]![2] })).sort((a, b) => a.key - b.key)
          expect(
            encodePlaces(
              flora,
              shuffled.map(({ one }) => one),
            ),
          ).toEqual(
            encodePlaces(
              flora,
              all.map(([one]) => one),
            ),
          )
        },
      ),
      // The largest number below 180.
      { examples: [[[[{ species: 0, latitude: 0, longitude: 180 - 2 ** -45 }, 0, 0]]]] },
    )
  })

  test('PL1: every sighting is counted in the square that it lies in, at the poles and the date line too', () => {
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 40 }), (sightings) => {
        const places = decoded(encodePlaces(flora, sightings))
        for (const [species, { squares }] of places.entries()) {
          const own = sightings.filter((one) => one.species === species).length
          expect(squares.reduce((sum, square) => sum + square.sightings, 0)).toBe(own)
        }
        for (const { species, latitude, longitude } of sightings) {
          const { degrees, squares } = places[species]!
          const holds = squares.some(({ row, column }) => {
            const [south, west] = [row * degrees - 90, column * degrees - 180]
            // What is on the date line but for a rounding error is on both of its sides.
            const easts = longitude > 180 - 1e-9 ? [longitude, -180] : [longitude]
            return (
              latitude >= south - 1e-9 &&
              latitude <= south + degrees + 1e-9 &&
              easts.some((east) => east >= west - 1e-9 && east <= west + degrees + 1e-9)
            )
          })
          expect(holds).toBe(true)
        }
      }),
      // The largest number below 180.
      { examples: [[[{ species: 0, latitude: 0, longitude: 179.99999999999997 }]]] },
    )
  })

  test('more sightings than a square can say are as many as it can', () => {
    const many = Array.from({ length: 70_000 }, () => ({ species: 0, latitude: 1, longitude: 1 }))
    expect(decoded(encodePlaces([{}], many), 1)[0]!.squares).toEqual([
      { row: 91, column: 181, sightings: 65_535 },
    ])
  })

  test('IN1: bytes that are no places, or those of another flora, are refused', () => {
    const bytes = encodePlaces(flora, [{ species: 3, latitude: 10, longitude: 10 }])
    expect(isRejection(decodePlaces(bytes, flora.length))).toBe(false)
    for (const wrong of [bytes.subarray(1), bytes.subarray(4), bytes.subarray(0, -4)]) {
      expect(decodePlaces(wrong, flora.length)).toMatchObject({ code: 'invalid-places' })
    }
    for (const species of [flora.length - 1, flora.length + 1]) {
      expect(decodePlaces(bytes, species)).toMatchObject({ code: 'invalid-places' })
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(5), (noise, species) => {
        const places = decodePlaces(noise, species)
        if (isRejection(places)) return
        const degrees = new Set(places.map((one) => one.degrees))
        expect([FINE_DEGREES, COARSE_DEGREES]).toEqual(expect.arrayContaining([...degrees]))
      }),
    )
  })
})
