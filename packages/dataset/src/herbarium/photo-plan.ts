/** Which photos the herbarium holds: the long tail of species, the observations and organs of each, splits, wrong labels. */
import { RandomStream } from '@worldflora/protocol/random'
import type { LabelledPhoto } from '../flora-writer.ts'
import { assignSplits } from '../split.ts'

const DRAWN_ORGANS = ['leaf', 'flower', 'fruit', 'habit'] as const
export type DrawnOrgan = (typeof DRAWN_ORGANS)[number]

/** `drawn` is the species on the photo; the label may name another (mislabels). */
export type PlannedPhoto = LabelledPhoto & {
  drawn: number
  observationIndex: number
  organ: DrawnOrgan
  photoIndex: number
}

export type PhotoPlanRequest = {
  species: number
  seed: number
  mostObservations: number
  fewestObservations: number
  /** Part of the train observations that carry another species' name. */
  mislabelled: number
  /** Of every ten observations, how many each of val and test gets. */
  heldBackTenths: number
}

const TAIL_STREAM = 11
const OBSERVATION_STREAM = 12
const MISLABEL_STREAM = 13
const LICENCE = 'CC0-1.0'
const AUTHOR = 'Worldflora synthetic herbarium'

export function planPhotos(request: PhotoPlanRequest): PlannedPhoto[] {
  const ranks = Uint32Array.from({ length: request.species }, (_, species) => species)
  new RandomStream(request.seed, 'herbarium', TAIL_STREAM).shuffle(ranks)
  const photos: Omit<PlannedPhoto, 'split'>[] = []
  for (let species = 0; species < request.species; species++) {
    const observations = observationsOfRank(ranks[species]!, request)
    for (let n = 0; n < observations; n++) photos.push(...photosOf(species, n, request.seed))
  }
  const splitOf = assignSplits(
    photos.map((photo) => photo.label),
    request.seed,
    request.heldBackTenths,
  )
  return photos.map((photo) => {
    const split = splitOf(photo.label)
    const species = split === 'train' ? namedAs(photo, request) : photo.drawn
    return { ...photo, split, label: { ...photo.label, species } }
  })
}

/** Falls geometrically from the most to the fewest. */
function observationsOfRank(
  rank: number,
  { species, mostObservations, fewestObservations }: PhotoPlanRequest,
): number {
  const part = species > 1 ? rank / (species - 1) : 0
  return Math.max(1, Math.round(mostObservations * (fewestObservations / mostObservations) ** part))
}

/** One to three photos of one plant, each of another organ; leaves and flowers most of all. */
function photosOf(species: number, observation: number, seed: number): Omit<PlannedPhoto, 'split'>[] {
  const chance = new RandomStream(seed, 'herbarium', OBSERVATION_STREAM, species, observation)
  const wanted = 1 + chance.below(3)
  const organs: DrawnOrgan[] = []
  while (organs.length < wanted) {
    const organ = DRAWN_ORGANS[[0, 0, 0, 1, 1, 1, 2, 3][chance.below(8)]!]!
    if (!organs.includes(organ)) organs.push(organ)
  }
  return organs.map((organ, photoIndex) => ({
    label: { species, observation: `${species}-${observation}`, organ, license: LICENCE, author: AUTHOR },
    drawn: species,
    observationIndex: observation,
    organ,
    photoIndex,
  }))
}

function namedAs(photo: { drawn: number; observationIndex: number }, request: PhotoPlanRequest): number {
  const chance = new RandomStream(
    request.seed,
    'herbarium',
    MISLABEL_STREAM,
    photo.drawn,
    photo.observationIndex,
  )
  if (request.species < 2 || chance.uniform() >= request.mislabelled) return photo.drawn
  return (photo.drawn + 1 + chance.below(request.species - 1)) % request.species
}
