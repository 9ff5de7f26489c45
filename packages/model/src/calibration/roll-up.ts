/**
 * Which answer to give: the species where it is sure, else the genus or the family that is (the sum of its species' scores), else the few
 * species that it surely is one of, else none. From which score on, the model's calibration says.
 */
import type { RollUp } from '@worldflora/protocol/calibration'
import { bestOf } from '../ranking.ts'

/** What is known of a species' kinship. */
export type Kin = { genus?: string | undefined; family?: string | undefined }

export type Rank = 'species' | 'genus' | 'family'
export const RANKS: readonly Rank[] = ['species', 'genus', 'family']

/** `species`: the places of all species of that genus or family; of a species, its own. `name` is null for a species. */
export type Named = { rank: Rank; name: string | null; score: number; species: readonly number[] }

/** A list of more helps nobody. */
export const LONGEST_SHORTLIST = 5

export function rollUp(
  kin: readonly Kin[],
  scores: Float32Array,
  { species, genus, family }: Pick<RollUp, Rank>,
): Named | null {
  const thresholds = { species, genus, family }
  for (const rank of RANKS) {
    const threshold = thresholds[rank]
    if (threshold === null) continue
    const named = nameAtRank(kin, scores, rank)
    if (named !== null && named.score >= threshold) return named
  }
  return null
}

/** The best species, or the genus or family that most of the score fell on; null if no species names its own. */
export function nameAtRank(kin: readonly Kin[], scores: Float32Array, rank: Rank): Named | null {
  if (rank === 'species') {
    const [best] = bestOf(scores, 1)
    return best === undefined ? null : { rank, name: null, score: best[1], species: [best[0]] }
  }
  const sums = new Map<string, number>()
  for (const [i, one] of kin.entries()) {
    const name = one[rank]
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + scores[i]!)
  }
  let best: { name: string; score: number } | null = null
  for (const [name, score] of sums) if (best === null || score > best.score) best = { name, score }
  if (best === null) return null
  const { name, score } = best
  const species = [...kin.keys()].filter((i) => kin[i]![rank] === name)
  return { rank, name, score: Math.min(1, score), species }
}

/** The fewest of the best species that together have `mass` of the score; null if even the longest list has less. */
export function shortlistOf(scores: Float32Array, mass: number | null): number[] | null {
  if (mass === null) return null
  return shortestOf(bestOf(scores, LONGEST_SHORTLIST), mass)?.species ?? null
}

/** Of species with their scores, best first. */
export function shortestOf(
  best: readonly (readonly [species: number, score: number])[],
  mass: number,
): { species: number[]; score: number } | null {
  let score = 0
  for (const [place, [, own]] of best.entries()) {
    score += own
    if (score >= mass) return { species: best.slice(0, place + 1).map(([species]) => species), score }
  }
  return null
}
