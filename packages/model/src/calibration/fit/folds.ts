/** Which photos are measured by what was fitted on the others: photos of one observation are always in one fold. */
import { RandomStream } from '@worldflora/protocol/random'

/** The fold of each photo, by the key of its observation. A pure function of the keys' set and the seed. */
export function foldsOf(keys: readonly string[], folds: number, seed: number): number[] {
  const observations = [...new Set(keys)].sort()
  new RandomStream(seed, 'calibration', 0).shuffle(observations)
  const foldOf = new Map(observations.map((key, place) => [key, place % folds]))
  return keys.map((key) => foldOf.get(key)!)
}

/** Places of the rows in that fold, and of the others. */
export function cutAt(folds: readonly number[], fold: number): { inside: number[]; outside: number[] } {
  const inside: number[] = []
  const outside: number[] = []
  for (const [place, own] of folds.entries()) (own === fold ? inside : outside).push(place)
  return { inside, outside }
}
