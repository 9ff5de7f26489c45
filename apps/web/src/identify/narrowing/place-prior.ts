/**
 * How much likelier a species is for the place where a plant stood.
 *
 * With the photo x and the place l independent given the species, p(s | x, l) is proportional to p(s | x) p(s | l) / p(s) (Berg et al. 2014,
 * "Birdsnap"; Mac Aodha et al. 2019, "Presence-only geographical priors"). The factor is the ratio of a species' sightings around here, k,
 * to those that it would have were the place of no matter, E = K N_s / N: all sightings around here, times its part of all sightings anywhere. Few
 * sightings say little, so the ratio is drawn towards 1 as if one more had been seen and one more expected (the Gamma-Poisson shrinkage of
 * DuMouchel 1999):
 *
 *   w = (k + 1) / (E + 1)
 *
 * It is never 0; 1 for a species that was met nowhere, and for a place where nobody has been; and small only where many looked and did not find it.
 *
 * k counts a sighting by its distance d as exp(-d² / 2σ²), σ = 200 km. A sighting is as likely at any spot of its square: a square of five degrees
 * counts as the mean of its 25 of one degree, so that a coarse grid says the same on average, and less sharply.
 */
import { COARSE_DEGREES, FINE_DEGREES, type Point, type SpeciesPlaces } from '@worldflora/protocol/places'
import type { Presence } from './narrowing.ts'

const SIGMA_KM = 200
const EARTH_RADIUS_KM = 6371
/** Further off, what a sighting counts is below a hundred-thousandth. */
const REACH_KM = 5 * SIGMA_KM
const KM_OF_LATITUDE = (EARTH_RADIUS_KM * Math.PI) / 180
/** From so many on, counted by distance, a species is known from here: one within 360 km of a fine square's middle. */
const KNOWN_FROM = 0.2
/** Fewer than that of all species together: nobody has been there. */
const SOMEBODY = 1

export type PlacePrior = {
  /** By species, above 0. */
  weights: Float64Array
  presence: Presence[]
  /** Somebody has looked around there. */
  isKnown: boolean
}

export function placePriorAt(place: Point, species: readonly SpeciesPlaces[]): PlacePrior {
  const near = nearnessAround(place)
  const nearby = species.map(({ degrees, squares }) => {
    const { columns, values } = near[degrees === FINE_DEGREES ? 'fine' : 'coarse']
    return squares.reduce(
      (sum, { row, column, sightings }) => sum + sightings * values[row * columns + column]!,
      0,
    )
  })
  const everywhere = species.map(({ squares }) => squares.reduce((sum, { sightings }) => sum + sightings, 0))
  const [allNearby, all] = [total(nearby), total(everywhere)]
  const isKnown = allNearby >= SOMEBODY
  const presenceOf = (index: number): Presence => {
    if (nearby[index]! >= KNOWN_FROM) return 'here'
    return isKnown && everywhere[index]! > 0 ? 'elsewhere' : 'untold'
  }
  return {
    weights: Float64Array.from(species, (_, index) => {
      const expected = all === 0 ? 0 : (allNearby * everywhere[index]!) / all
      return (nearby[index]! + 1) / (expected + 1)
    }),
    presence: species.map((_, index) => presenceOf(index)),
    isKnown,
  }
}

type Nearness = { columns: number; values: Float64Array }

/** Of each square of both grids, how near it is: 1 for one that is right here. */
function nearnessAround(place: Point): { fine: Nearness; coarse: Nearness } {
  const [rows, columns] = [180 / FINE_DEGREES, 360 / FINE_DEGREES]
  const fine = { columns, values: new Float64Array(rows * columns) }
  const coarse = {
    columns: 360 / COARSE_DEGREES,
    values: new Float64Array((180 / COARSE_DEGREES) * (360 / COARSE_DEGREES)),
  }
  const areas = new Float64Array(coarse.values.length)
  const wide = COARSE_DEGREES / FINE_DEGREES
  for (let row = 0; row < rows; row++) {
    const latitude = (row + 0.5) * FINE_DEGREES - 90
    const area = Math.cos((latitude * Math.PI) / 180)
    const isInReach = Math.abs(latitude - place.latitude) * KM_OF_LATITUDE < REACH_KM
    for (let column = 0; column < columns; column++) {
      const middle = { latitude, longitude: (column + 0.5) * FINE_DEGREES - 180 }
      const near = isInReach ? Math.exp(-((distanceKm(place, middle) / SIGMA_KM) ** 2) / 2) : 0
      const around = Math.floor(row / wide) * coarse.columns + Math.floor(column / wide)
      fine.values[row * columns + column] = near
      coarse.values[around]! += near * area
      areas[around]! += area
    }
  }
  for (const [square, area] of areas.entries()) coarse.values[square]! /= area
  return { fine, coarse }
}

/** Along a great circle (haversine). */
function distanceKm(a: Point, b: Point): number {
  const radians = Math.PI / 180
  const [north, east] = [(b.latitude - a.latitude) * radians, (b.longitude - a.longitude) * radians]
  const half =
    Math.sin(north / 2) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(east / 2) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)))
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
