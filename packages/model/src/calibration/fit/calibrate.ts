/** All of a model's calibration, from what its network makes of photos: a pure function of them and the seed. Needs an open backend. */
import type { Calibration, Organ } from '@worldflora/protocol/calibration'
import { bestOf } from '../../ranking.ts'
import type { ModelHeads } from '../heads.ts'
import { type Kin, rollUp } from '../roll-up.ts'
import { softmax } from '../softmax.ts'
import { type Answered, expectedError, expectedErrorFloor } from './expected-error.ts'
import { cutAt, foldsOf } from './folds.ts'
import { fitOrgans } from './organs.ts'
import { fitPlantCheck } from './plant-check.ts'
import { fitRollUp } from './roll-up.ts'
import { joined, pick, type Rows, rowOf } from './rows.ts'
import { fitTemperature } from './temperature.ts'

export type LookedAt = {
  features: Rows
  species: readonly number[]
  /** Of each photo's observation. */
  keys: readonly string[]
  organs: readonly (Organ | null)[]
}

export type ToCalibrate = {
  kin: readonly Kin[]
  /** With the network's logits of the species. */
  validation: LookedAt & { logits: Rows }
  train: LookedAt
  nonPlants: Rows
  seed: number
}

/** With fewer validation photos a temperature would be a guess; with fewer plants, so would the check. */
const FEWEST_VALIDATION_PHOTOS = 30
const FEWEST_PLANTS = 50
const FOLDS = 5

export type Calibrated = Omit<Calibration, 'heads'> & { heads: ModelHeads }

export function calibrate({ kin, validation, train, nonPlants, seed }: ToCalibrate): Calibrated {
  const lacking: string[] = []
  const ofScores = scoresOf(kin, validation, seed)
  if (ofScores === null) {
    lacking.push(
      `Scores are not calibrated: that takes ${FEWEST_VALIDATION_PHOTOS} validation photos, and there are ${validation.species.length}.`,
    )
  }
  const features = joined(validation.features, train.features)
  const keys = [...validation.keys, ...train.keys]
  const isHeldBack = Array.from({ length: features.count }, (_, row) => row < validation.features.count)
  const plant =
    features.count < FEWEST_PLANTS ? null : fitPlantCheck({ features, keys, isHeldBack }, nonPlants, seed)
  if (plant === null) {
    lacking.push(`Pictures without a plant are not refused: that takes ${FEWEST_PLANTS} photos of plants.`)
  }
  const organs = fitOrgans({ features, keys, organs: [...validation.organs, ...train.organs] }, seed)
  if (organs === null) lacking.push('Organs are not suggested: too few photos say which they show.')
  return {
    temperature: ofScores?.temperature ?? null,
    rollUp: ofScores?.rollUp ?? null,
    measured: ofScores?.measured ?? null,
    plantCheck: plant?.check ?? null,
    organs: organs?.check ?? null,
    heads: { plant: plant?.head ?? null, organs: organs?.heads ?? [] },
    lacking,
  }
}

type OfScores = Pick<Calibration, 'temperature' | 'rollUp' | 'measured'>

/** From all validation photos; measured on each fold with what the others give. */
function scoresOf(
  kin: readonly Kin[],
  { logits, species, keys }: ToCalibrate['validation'],
  seed: number,
): OfScores | null {
  if (logits.count < FEWEST_VALIDATION_PHOTOS) return null
  const folds = foldsOf(keys, FOLDS, seed)
  const answers: Answered[] = []
  let named = 0
  let namedRight = 0
  for (let fold = 0; fold < FOLDS; fold++) {
    const { inside, outside } = cutAt(folds, fold)
    if (inside.length === 0 || outside.length === 0) continue
    const { temperature, rollUp: thresholds } = fitScores(
      kin,
      pick(logits, outside),
      outside.map((row) => species[row]!),
    )
    for (const row of inside) {
      const scores = softmax(rowOf(logits, row), temperature)
      const [best, score] = bestOf(scores, 1)[0]!
      answers.push({ score: Math.min(1, score), isRight: best === species[row] })
      const answer = rollUp(kin, scores, thresholds)
      if (answer === null) continue
      named++
      if (answer.species.includes(species[row]!)) namedRight++
    }
  }
  const { temperature, rollUp: thresholds } = fitScores(kin, logits, species)
  return {
    temperature,
    rollUp: thresholds,
    measured: {
      photos: answers.length,
      ece: expectedError(answers),
      eceFloor: expectedErrorFloor(answers, seed),
      named: named / answers.length,
      namedRight: named === 0 ? 0 : namedRight / named,
    },
  }
}

export function fitScores(kin: readonly Kin[], logits: Rows, species: readonly number[]) {
  const temperature = fitTemperature(logits, species)
  const scores = species.map((_, row) => softmax(rowOf(logits, row), temperature))
  return { temperature, rollUp: fitRollUp(kin, scores, species) }
}
