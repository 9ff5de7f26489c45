/** What the identifier answers, and in which words a score is said. */
import { nameAtRank, rollUp, shortlistOf } from '@worldflora/model/calibration'
import type { Organ, RollUp } from '@worldflora/protocol/calibration'
import type { Species } from '@worldflora/protocol/species'
import { isHardlyOf, type Narrowed, type Presence } from './narrowing/narrowing.ts'

export type Candidate = {
  species: Species
  score: number
  /** Of the species around the place that was given; absent where none was. */
  presence?: Presence
}

/** A genus or family, and how much of the score its species have together. */
export type Kin = { rank: 'genus' | 'family'; name: string; score: number }

export type Answer = {
  /** The five best, best first (fewer if the model knows fewer). */
  candidates: Candidate[]
  /** What to name where no species is sure. */
  kin: Kin | null
  /** Where nothing else is sure: it is one of so many of the candidates. */
  shortlist: number | null
  /** null: the model has no check of it. */
  isPlant: boolean | null
  /** What each photo seems to show: `leaf`, `flower` ... null: the model knows no organs. */
  organs: (Organ | null)[]
  /** What was known of the plant beside its photos; absent where nothing was. */
  narrowed?: Narrowed
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

/** What an answer says first. */
export type Verdict =
  /** The best species is the answer. */
  | { kind: 'species' }
  /** The genus or family is, sure where the species is not. */
  | ({ kind: 'kin' } & Kin)
  /** It is one of the first so many. */
  | { kind: 'shortlist'; species: number }
  /** It is hardly of the list that the answer was kept to. */
  | { kind: 'outside'; checklist: string }
  /** Nothing is sure enough to be presented as the answer. */
  | { kind: 'unknown' }
  | { kind: 'no-plant' }

export function verdictOf({ candidates, kin, shortlist, isPlant, narrowed }: Answer): Verdict {
  if (isPlant === false) return { kind: 'no-plant' }
  const checklist = narrowed?.checklist
  if (checklist && isHardlyOf(checklist)) return { kind: 'outside', checklist: checklist.name }
  if (kin !== null) return { kind: 'kin', ...kin }
  if (shortlist !== null) return { kind: 'shortlist', species: shortlist }
  return { kind: surenessOf(candidates[0]?.score ?? 0) === 'unlikely' ? 'unknown' : 'species' }
}

/** Sums of float32 may end a little above 1. */
export function shareOf(score: number): number {
  return Math.min(1, score)
}

/** For a model that does not say from which score on a genus is sure. */
const SURE_GENUS = 0.6
const UNSURE_SPECIES = 0.5

/** CA2: by the model's calibration, if it has one. */
export function kinAnswer(
  species: readonly Species[],
  scores: Float32Array,
  thresholds: RollUp | null | undefined,
): Kin | null {
  if (thresholds) {
    const named = rollUp(species, scores, thresholds)
    if (named === null || named.rank === 'species') return null
    return { rank: named.rank, name: named.name!, score: shareOf(named.score) }
  }
  const genus = nameAtRank(species, scores, 'genus')
  const isSure =
    genus !== null && genus.score >= SURE_GENUS && scores.every((score) => score < UNSURE_SPECIES)
  return isSure ? { rank: 'genus', name: genus.name!, score: shareOf(genus.score) } : null
}

/** CA2: of how many of the best species it surely is one; null where something better is said, or not even that is sure. */
export function shortlistLength(
  species: readonly Species[],
  scores: Float32Array,
  thresholds: RollUp | null | undefined,
): number | null {
  if (!thresholds || rollUp(species, scores, thresholds) !== null) return null
  return shortlistOf(scores, thresholds.shortlist)?.length ?? null
}
