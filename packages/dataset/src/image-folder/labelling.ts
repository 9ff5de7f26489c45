/** From usable photos to the flora's species list, observations and splits. Settles what the table says in two ways. */
import { hashOfText } from '@worldflora/protocol/hash'
import { encodePlaces, type Sighting } from '@worldflora/protocol/places'
import type { LabelledPhoto } from '../flora-writer.ts'
import { shortLicence } from '../licences.ts'
import type { Species } from '../manifest.ts'
import { assignSplits, type Split } from '../split.ts'
import type { Candidate } from './candidates.ts'
import { comparePaths } from './folder-walk.ts'
import { moreThreatened } from './red-list.ts'

/** `contentHash` is of the file as it was found. */
export type UsablePhoto = { candidate: Candidate; contentHash: string }

export type Labelled<P> = {
  species: Species[]
  photos: (P & LabelledPhoto)[]
  /** Where the species have been met, encoded; null: nobody has said. */
  places: Uint8Array | null
  warnings: string[]
}

export function labelPhotos<P extends UsablePhoto>(usable: P[], seed: number): Labelled<P> {
  const species = speciesOf(usable)
  const indexOf = new Map(species.map((one, index) => [one.id, index]))
  const shared = sharedObservations(usable)
  const observed = usable.map((photo) => ({
    photo,
    species: indexOf.get(photo.candidate.species.id)!,
    observation: observationOf(photo, shared),
  }))
  const given = givenSplits(observed.map((one) => ({ ...one, split: one.photo.candidate.split })))
  const chosen = assignSplits(
    observed.filter((one) => !given.splits.has(keyOf(one))),
    seed,
  )
  const photos = observed.map(({ photo, ...one }) => ({
    ...photo,
    split: given.splits.get(keyOf(one)) ?? chosen(one),
    label: {
      ...one,
      ...(photo.candidate.organ && { organ: photo.candidate.organ.slice(0, 200) }),
      ...(photo.candidate.license && { license: shortLicence(photo.candidate.license) }),
      ...(photo.candidate.author && { author: photo.candidate.author.slice(0, 200) }),
      ...(photo.candidate.trusted && { trusted: true }),
    },
  }))
  const warnings: string[] = []
  if (shared.size > 0) {
    warnings.push(
      `${shared.size} observations are named under several species; each counts as one per species.`,
    )
  }
  if (given.straddling > 0) {
    warnings.push(
      `${given.straddling} observations had photos in several splits; each went to one (train before val, val before test).`,
    )
  }
  const unreadable = usable.filter(({ candidate }) => candidate.place === 'unreadable').length
  if (unreadable > 0) {
    warnings.push(
      `${unreadable} photos have a latitude and longitude that are none; their places are left out.`,
    )
  }
  const places = placesOf(species, photos)
  const uncategorised = species.filter(({ iucnCategory }) => iucnCategory === undefined).length
  if (places !== null && uncategorised > 0) {
    warnings.push(
      `${uncategorised} species have no iucnCategory: their places are kept as squares of one degree (some 100 km), as if they were in no danger.`,
    )
  }
  return { species, photos, places, warnings }
}

/**
 * Photos of one plant are one sighting, and only what is trained on counts: what the held-back photos say of a place is not known to who is
 * measured by them.
 */
function placesOf(species: Species[], photos: readonly (UsablePhoto & LabelledPhoto)[]): Uint8Array | null {
  const sightings = new Map<string, Sighting>()
  for (const { candidate, split, label } of photos) {
    const { place } = candidate
    if (split !== 'train' || place === null || place === 'unreadable' || sightings.has(keyOf(label))) continue
    sightings.set(keyOf(label), { species: label.species, ...place })
  }
  return sightings.size === 0 ? null : encodePlaces(species, [...sightings.values()])
}

/** Sorted by id. Of each name, the first that any photo gives; of categories, the most threatened; of checklists, all. */
function speciesOf(usable: UsablePhoto[]): Species[] {
  const species = new Map<string, Species>()
  for (const { candidate } of usable) {
    const { id, scientificName, ...said } = candidate.species
    const known = species.get(id) ?? { id, scientificName: scientificName.slice(0, 300) }
    for (const [field, length] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][]) {
      if (said[field] !== '') known[field] ??= said[field].slice(0, length)
    }
    if (said.iucnCategory !== '') {
      const most = moreThreatened(known.iucnCategory ?? said.iucnCategory, said.iucnCategory)
      known.iucnCategory = most.slice(0, LONGEST.iucnCategory)
    }
    if (said.synonyms.length > 0) known.synonyms ??= cut(said.synonyms, 200, 300)
    if (said.checklists.length > 0) {
      const lists = new Set([...(known.checklists ?? []), ...cut(said.checklists, 50, 100)])
      known.checklists = [...lists].sort().slice(0, 50)
    }
    for (const [language, names] of Object.entries(said.commonNames)) {
      if (names.length === 0) continue
      known.commonNames ??= {}
      known.commonNames[language] ??= cut(names, 50, 200)
    }
    species.set(id, known)
  }
  return [...species.values()].sort((a, b) => comparePaths(a.id, b.id))
}

/** As the manifest allows them. */
const LONGEST = {
  genus: 100,
  family: 100,
  commonName: 200,
  authorship: 200,
  gbifId: 100,
  powoId: 100,
  iucnCategory: 20,
} as const

function cut(names: readonly string[], most: number, longest: number): string[] {
  return names.slice(0, most).map((name) => name.slice(0, longest))
}

/** Tables that number the observations of each species from 1 must not make one plant of many. */
function sharedObservations(usable: UsablePhoto[]): Set<string> {
  const firstSpecies = new Map<string, string>()
  const shared = new Set<string>()
  for (const { candidate } of usable) {
    if (candidate.observation === '') continue
    const first = firstSpecies.get(candidate.observation) ?? candidate.species.id
    firstSpecies.set(candidate.observation, first)
    if (first !== candidate.species.id) shared.add(candidate.observation)
  }
  return shared
}

/** Without an observation the photo is one of its own, under a name that says nothing of the owner's files. */
function observationOf({ candidate, contentHash }: UsablePhoto, shared: Set<string>): string {
  if (candidate.observation === '') return contentHash.slice(0, 16)
  const name = shared.has(candidate.observation)
    ? `${candidate.observation} (${candidate.species.id})`
    : candidate.observation
  return name.length <= 200 ? name : hashOfText(name).slice(0, 32)
}

type Placed = { species: number; observation: string; split: Split | null }

/** A photo of a plant that is trained on must not be held back: then all photos of the plant are trained on. */
function givenSplits(photos: Placed[]): { splits: Map<string, Split>; straddling: number } {
  const order: Split[] = ['train', 'val', 'test']
  const splits = new Map<string, Split>()
  const straddling = new Set<string>()
  for (const photo of photos) {
    if (photo.split === null) continue
    const known = splits.get(keyOf(photo))
    if (known !== undefined && known !== photo.split) straddling.add(keyOf(photo))
    if (known === undefined || order.indexOf(photo.split) < order.indexOf(known))
      splits.set(keyOf(photo), photo.split)
  }
  return { splits, straddling: straddling.size }
}

function keyOf(photo: { species: number; observation: string }): string {
  return `${photo.species} ${photo.observation}`
}
