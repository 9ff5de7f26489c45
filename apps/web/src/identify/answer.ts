/** What the identifier answers, and in which words a score is said. */
import { nameAtRank, rollUp } from '@worldflora/model/calibration'
import type { RollUp } from '@worldflora/protocol/calibration'
import type { Species } from '@worldflora/protocol/http'

export type Candidate = { species: Species; score: number }

export type Answer = {
  /** The five best, best first (fewer if the model knows fewer). */
  candidates: Candidate[]
  /** The genus, or the family, to name where no species is sure. */
  genus: { name: string; score: number; isNamed: boolean } | null
  /** null: the model has no check of it. */
  isPlant: boolean | null
  /** Time of decoding and computing. */
  milliseconds: number
}

export const CANDIDATES = 5
export const MOST_PHOTOS = 5

export type Sureness = 'very-likely' | 'likely' | 'possible' | 'unlikely'

export function surenessOf(score: number): Sureness {
  if (score >= 0.8) return 'very-likely'
  if (score >= 0.5) return 'likely'
  return score >= 0.15 ? 'possible' : 'unlikely'
}

/** No plant is on the photos, or the best species is too unsure to be presented as the answer. */
export function isUnsure({ candidates, isPlant }: Answer): boolean {
  return isPlant === false || (candidates[0]?.score ?? 0) < 0.15
}

/** The genus is worth a line of its own: sure where the species is not. */
export function isGenusAnswer(answer: Answer): boolean {
  return answer.genus?.isNamed === true && answer.isPlant !== false
}

/** For a model that does not say from which score on a genus is sure. */
const SURE_GENUS = 0.6
const UNSURE_SPECIES = 0.5

/** CA2: by the model's calibration, if it has one. */
export function genusAnswer(
  species: readonly Species[],
  scores: Float32Array,
  thresholds: RollUp | null | undefined,
): Answer['genus'] {
  const named = thresholds ? rollUp(species, scores, thresholds) : null
  if (named !== null && named.name !== null) return { name: named.name, score: named.score, isNamed: true }
  const genus = nameAtRank(species, scores, 'genus')
  if (genus === null) return null
  const isSure = genus.score >= SURE_GENUS && scores.every((score) => score < UNSURE_SPECIES)
  return { name: genus.name!, score: genus.score, isNamed: !thresholds && isSure }
}
