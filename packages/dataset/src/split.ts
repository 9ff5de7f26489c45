/**
 * Which observations train, and which are held back: 80/10/10 unless more is asked for, stratified by species, seeded. An
 * observation never straddles, so that photos of one plant never sit on both sides. The order of the input does not matter.
 */
import type { Split } from '@worldflora/protocol/evaluation'
import { RandomStream } from '@worldflora/protocol/random'

export type { Split }

/** An observation belongs to one species here: the same id under two species is two observations. */
export type Observed = { species: number; observation: string }

/** Of every ten observations those from here on are held back: places in a list that goes species by species. */
const TEST_PLACE = 2
const VAL_PLACE = 7

/**
 * The split of every observation. Walking species by species, with a species' observations shuffled, each tenth goes to
 * test and each tenth to val (or as many of ten as `heldBackTenths` says, 1 to 3): exact in the whole, within one of its
 * share in each species, and a species of ten or more is on every side. A species always keeps an observation to train on.
 */
export function assignSplits(
  photos: Observed[],
  seed: number,
  heldBackTenths = 1,
): (photo: Observed) => Split {
  const bySpecies = new Map<number, Set<string>>()
  for (const { species, observation } of photos) {
    const known = bySpecies.get(species)
    if (known) known.add(observation)
    else bySpecies.set(species, new Set([observation]))
  }
  const splits = new Map<number, Map<string, Split>>()
  let place = 0
  for (const species of [...bySpecies.keys()].sort((a, b) => a - b)) {
    const observations = [...bySpecies.get(species)!].sort()
    new RandomStream(seed, 'split', species).shuffle(observations)
    const own = observations.map(
      (observation) => [observation, splitAt(place++, heldBackTenths)] as [string, Split],
    )
    if (own.every(([, split]) => split !== 'train')) own[0]![1] = 'train'
    splits.set(species, new Map(own))
  }
  return ({ species, observation }) => splits.get(species)!.get(observation)!
}

function splitAt(place: number, tenths: number): Split {
  const digit = place % 10
  if (digit >= TEST_PLACE && digit < TEST_PLACE + tenths) return 'test'
  return digit >= VAL_PLACE && digit < VAL_PLACE + tenths ? 'val' : 'train'
}
