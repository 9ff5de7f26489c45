/** What the identifier answers, and in which words a score is said. */
import type { Species } from '@worldflora/protocol/http'

export type Candidate = { species: Species; score: number }

export type Answer = {
  /** The five best, best first (fewer if the model knows fewer). */
  candidates: Candidate[]
  /** The genus that most of the score fell on. */
  genus: { name: string; score: number } | null
  /** Time of decoding and computing. */
  milliseconds: number
}

export const CANDIDATES = 5
export const MOST_PHOTOS = 5

export type Sureness = 'very likely' | 'likely' | 'possible' | 'unlikely'

export function surenessOf(score: number): Sureness {
  if (score >= 0.8) return 'very likely'
  if (score >= 0.5) return 'likely'
  return score >= 0.15 ? 'possible' : 'unlikely'
}

/** The best species is too unsure to be presented as the answer. */
export function isUnsure({ candidates }: Answer): boolean {
  return (candidates[0]?.score ?? 0) < 0.15
}

/** The genus is worth a line of its own: sure where the species is not. */
export function isGenusAnswer({ candidates, genus }: Answer): boolean {
  return genus !== null && genus.score >= 0.6 && (candidates[0]?.score ?? 0) < 0.5
}

/** Sums the species' scores by genus: the one with the largest sum, null if no species names its genus. */
export function bestGenus(
  species: readonly Species[],
  scores: Float32Array,
): { name: string; score: number } | null {
  const sums = new Map<string, number>()
  for (const [i, { genus }] of species.entries()) {
    if (genus !== undefined) sums.set(genus, (sums.get(genus) ?? 0) + scores[i]!)
  }
  let best: { name: string; score: number } | null = null
  for (const [name, score] of sums) if (best === null || score > best.score) best = { name, score }
  return best
}
