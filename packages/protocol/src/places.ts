/**
 * Where the species of a flora have been met: squares of a grid with so many sightings in each, never a point. The squares of a species
 * that may be threatened are five degrees wide (some 500 km), of the others one (some 100 km): whoever reads this learns no more (PL1).
 *
 * As bytes: 32-bit words, little-endian. Of each species one that says how wide its squares are (8 bits) and how many there are (24),
 * then one a square, ascending: its place on the grid (16 bits) and its sightings (16, no more than they can say).
 */
import { type Rejection, reject } from './rejection.ts'

export const FINE_DEGREES = 1
export const COARSE_DEGREES = 5

export type Point = { latitude: number; longitude: number }

export type Square = {
  /** From the south pole up, and from 180 degrees west to the east, in widths of a square. */
  row: number
  column: number
  sightings: number
}

export type SpeciesPlaces = { degrees: number; squares: readonly Square[] }

export type Sighting = Point & { species: number }

/** Categories of the red list that say of a species that it is in no danger, or that nobody has asked. */
const UNTHREATENED = /^(LC|NT|NE|NA|LR[/ ]?(LC|NT|CD)|LEAST CONCERN|NEAR THREATENED|NOT EVALUATED)?$/i

/** What is unheard of counts as threatened, and so does a species of which too little is known to tell (`DD`). */
export function squareDegreesOf({ iucnCategory = '' }: { iucnCategory?: string | undefined }): number {
  return UNTHREATENED.test(iucnCategory.trim()) ? FINE_DEGREES : COARSE_DEGREES
}

export function isPoint({ latitude, longitude }: Point): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
}

const WORD = 4
const MOST_SIGHTINGS = 0xffff

export function encodePlaces(
  species: readonly { iucnCategory?: string | undefined }[],
  sightings: readonly Sighting[],
): Uint8Array<ArrayBuffer> {
  const counts = species.map(() => new Map<number, number>())
  for (const { species: index, ...point } of sightings) {
    const square = squareAt(point, squareDegreesOf(species[index]!))
    const own = counts[index]!
    own.set(square, Math.min(MOST_SIGHTINGS, (own.get(square) ?? 0) + 1))
  }
  const words = counts.flatMap((own, index) => [
    ((squareDegreesOf(species[index]!) << 24) | own.size) >>> 0,
    ...[...own].sort(([a], [b]) => a - b).map(([square, count]) => ((square << 16) | count) >>> 0),
  ])
  const bytes = new Uint8Array(WORD * words.length)
  const view = new DataView(bytes.buffer)
  for (const [place, word] of words.entries()) view.setUint32(WORD * place, word, true)
  return bytes
}

export function decodePlaces(bytes: Uint8Array, species: number): SpeciesPlaces[] | Rejection {
  if (bytes.length % WORD !== 0) return broken()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length / WORD
  const all: SpeciesPlaces[] = []
  let at = 0
  while (all.length < species && at < length) {
    const head = view.getUint32(WORD * at++, true)
    const [degrees, count] = [head >>> 24, head & 0xffffff]
    if ((degrees !== FINE_DEGREES && degrees !== COARSE_DEGREES) || count > length - at) return broken()
    const columns = 360 / degrees
    const squares = Array.from({ length: count }, (_, i) => {
      const word = view.getUint32(WORD * (at + i), true)
      const place = word >>> 16
      return { row: Math.floor(place / columns), column: place % columns, sightings: word & MOST_SIGHTINGS }
    })
    if (squares.some(({ row }) => row >= 180 / degrees)) return broken()
    at += count
    all.push({ degrees, squares })
  }
  return all.length === species && at === length ? all : broken()
}

/** The square's place on the grid: all of its points have the same. */
function squareAt({ latitude, longitude }: Point, degrees: number): number {
  const [rows, columns] = [180 / degrees, 360 / degrees]
  const row = Math.min(rows - 1, Math.floor((latitude + 90) / degrees))
  return row * columns + (Math.floor((longitude + 180) / degrees) % columns)
}

function broken(): Rejection {
  return reject('invalid-places', 'These are not the places of this flora.', 'Import the flora again.')
}
