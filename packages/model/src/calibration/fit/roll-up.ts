/** From which score on an answer is given at each rank: the lowest at which, by the validation photos, it is right often enough. */
import type { RollUp } from '@worldflora/protocol/calibration'
import { bestOf } from '../../ranking.ts'
import { type Kin, LONGEST_SHORTLIST, nameAtRank, RANKS, shortestOf } from '../roll-up.ts'

/** What is aimed at is .9: a little more, for a few hundred photos show it to a few points only. */
const RIGHT_SHARE = 0.92
/** Calibrated scores are believed as much as so many photos. */
const PRIOR_PHOTOS = 20

type Said = { score: number; isRight: boolean }

/** `scores`: calibrated, of photos whose species are `truth`. Each rank sees what the ranks before left open. */
export function fitRollUp(
  kin: readonly Kin[],
  scores: readonly Float32Array[],
  truth: ArrayLike<number>,
): RollUp {
  const thresholds: RollUp = { species: null, genus: null, family: null, shortlist: null }
  let open = scores.map((own, photo) => ({ own, species: truth[photo]! }))
  for (const rank of RANKS) {
    const said = open.map(({ own, species }): Said => {
      const named = nameAtRank(kin, own, rank)
      return { score: named?.score ?? 0, isRight: named?.species.includes(species) ?? false }
    })
    const threshold = lowestThreshold(said)
    thresholds[rank] = threshold
    if (threshold !== null) open = open.filter((_, photo) => said[photo]!.score < threshold)
  }
  thresholds.shortlist = lowestMass(open)
  return thresholds
}

function lowestThreshold(said: readonly Said[]): number | null {
  const best = [...said].sort((a, b) => b.score - a.score)
  let right = 0
  let sum = 0
  let lowest: number | null = null
  for (const [n, { score, isRight }] of best.entries()) {
    right += isRight ? 1 : 0
    sum += score
    if (best[n + 1]?.score === score || score === 0) continue
    const spoken = n + 1
    if (believed(right, sum, spoken) >= RIGHT_SHARE) lowest = score
  }
  return lowest
}

/** Lists of so much of the score, at least of what is aimed at. */
function lowestMass(open: readonly { own: Float32Array; species: number }[]): number | null {
  const lists = open.map(({ own, species }) => ({ best: bestOf(own, LONGEST_SHORTLIST), species }))
  for (let mass = RIGHT_SHARE; mass < 1; mass += 0.01) {
    let spoken = 0
    let right = 0
    let sum = 0
    for (const { best, species } of lists) {
      const list = shortestOf(best, mass)
      if (list === null) continue
      spoken++
      sum += list.score
      if (list.species.includes(species)) right++
    }
    if (spoken > 0 && believed(right, sum, spoken) >= RIGHT_SHARE) return mass
  }
  return null
}

/** The share that is right, where scores stand for a few photos more. */
function believed(right: number, sumOfScores: number, spoken: number): number {
  return (right + (PRIOR_PHOTOS * sumOfScores) / spoken) / (spoken + PRIOR_PHOTOS)
}
