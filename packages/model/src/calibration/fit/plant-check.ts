/**
 * Whether there is a plant at all: a linear head that tells the flora's photos from drawn pictures of other things, and the score below
 * which a photo is refused. Needs an open backend.
 */
import type { PlantCheck } from '@worldflora/protocol/calibration'
import { type LinearHead, linearScore } from '../heads.ts'
import { cutAt, foldsOf } from './folds.ts'
import { fitLinearHeads } from './linear-heads.ts'
import { joined, pick, type Rows, rowOf } from './rows.ts'

const PENALTY = 0.01
const ITERATIONS = 60
const FOLDS = 5
/** Never more of the plants are refused, as far as is known. */
const REFUSED_PLANTS = 0.01
const MISSED_NON_PLANTS = 0.02
/** Pictures of kinds that were not drawn lie between the two. */
const TOWARDS_PLANTS = 0.75

export type PlantPhotos = {
  features: Rows
  /** Of each photo's observation. */
  keys: readonly string[]
  /** The network was not trained on it: if there are enough of those, they alone decide the threshold. */
  isHeldBack: readonly boolean[]
}

const ENOUGH_HELD_BACK = 100

export function fitPlantCheck(
  plants: PlantPhotos,
  nonPlants: Rows,
  seed: number,
): { head: LinearHead; check: PlantCheck } {
  const plantFolds = foldsOf(plants.keys, FOLDS, seed)
  const otherFolds = Array.from({ length: nonPlants.count }, (_, place) => place % FOLDS)
  const plantScores = new Float64Array(plants.features.count)
  const otherScores = new Float64Array(nonPlants.count)
  for (let fold = 0; fold < FOLDS; fold++) {
    const ofPlants = cutAt(plantFolds, fold)
    const ofOthers = cutAt(otherFolds, fold)
    const head = fitHead(pick(plants.features, ofPlants.outside), pick(nonPlants, ofOthers.outside))
    for (const row of ofPlants.inside) plantScores[row] = linearScore(head, rowOf(plants.features, row))
    for (const row of ofOthers.inside) otherScores[row] = linearScore(head, rowOf(nonPlants, row))
  }
  const heldBack = [...plantScores].filter((_, row) => plants.isHeldBack[row])
  const decisive = heldBack.length >= ENOUGH_HELD_BACK ? heldBack : [...plantScores]
  const threshold = thresholdBetween(decisive, otherScores)
  return {
    head: fitHead(plants.features, nonPlants),
    check: {
      threshold,
      plantsRefused: shareBelow(decisive, threshold),
      nonPlantsRefused: shareBelow(otherScores, threshold),
      plants: decisive.length,
      nonPlants: otherScores.length,
    },
  }
}

/** Both sides count alike, however many they are. */
function fitHead(plants: Rows, others: Rows): LinearHead {
  const classOf = Uint8Array.from({ length: plants.count + others.count }, (_, row) =>
    row < plants.count ? 1 : 0,
  )
  const weights = Float64Array.from(classOf, (one) => 1 / (one === 1 ? plants.count : others.count))
  const [not, is] = fitLinearHeads(joined(plants, others), classOf, 2, {
    penalty: PENALTY,
    iterations: ITERATIONS,
    weights,
  })
  return is!.map((weight, i) => weight - not![i]!)
}

/** In the gap between nearly all plants and nearly all others, nearer to the plants; where they overlap, at the plants'. */
function thresholdBetween(plants: readonly number[], others: Float64Array): number {
  const plantsAbove = quantile(plants, REFUSED_PLANTS)
  const othersBelow = quantile([...others], 1 - MISSED_NON_PLANTS)
  return othersBelow < plantsAbove ? othersBelow + TOWARDS_PLANTS * (plantsAbove - othersBelow) : plantsAbove
}

/** At most that share of the values is below. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

function shareBelow(values: ArrayLike<number>, threshold: number): number {
  let below = 0
  for (let i = 0; i < values.length; i++) if (values[i]! < threshold) below++
  return below / values.length
}
