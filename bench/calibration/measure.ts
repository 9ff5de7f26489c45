/** Whether answers can be trusted: each photo is measured by what has not seen it, calibrated on a tenth of the photos, as a published model is. */
import {
  type Answered,
  expectedError,
  expectedErrorFloor,
  fitPlantCheck,
  fitScores,
  joined,
  pick,
  rowOf,
} from '@worldflora/model/calibrating'
import { linearScore, rollUp, shortlistOf, softmax } from '@worldflora/model/calibration'
import { bestOf } from '@worldflora/model/ranking'
import type { BenchRow } from '../runner/bench.ts'
import { FOLDS, foldsIn, observationsIn } from './folds.ts'
import type { PhotoSet } from './real-photos.ts'
import type { Learner } from './seen.ts'

const SEED = 1

export async function measure(
  { set, kinds }: { set: PhotoSet; kinds: readonly string[] },
  learn: Learner,
  say: (line: string) => void,
): Promise<BenchRow> {
  const { species, photos } = set
  const truth = photos.map((photo) => photo.species)
  const keys = observationsIn(set)
  const answers: Answered[] = []
  const asIs: Answered[] = []
  let [named, namedRight, listed, listedRight, refused, refusedOthers] = [0, 0, 0, 0, 0, 0]
  const refusedOf = new Map<string, number>()
  const temperatures: number[] = []
  for (const [nth, fold] of foldsIn(set).entries()) {
    const { train, validation, held } = fold
    const { features, logits, drawn, others } = await learn(fold, nth + 1)
    const fitted = fitScores(
      species,
      pick(logits, validation),
      validation.map((row) => truth[row]!),
    )
    temperatures.push(fitted.temperature)
    const plants = [...validation, ...train]
    const { head, check } = fitPlantCheck(
      {
        features: joined(pick(features, validation), pick(features, train)),
        keys: plants.map((row) => keys[row]!),
        isHeldBack: plants.map((_, place) => place < validation.length),
      },
      drawn,
      SEED,
    )
    for (const row of held) {
      const scores = softmax(rowOf(logits, row), fitted.temperature)
      answers.push(bestAnswer(scores, truth[row]!))
      asIs.push(bestAnswer(softmax(rowOf(logits, row)), truth[row]!))
      if (linearScore(head, rowOf(features, row)) < check.threshold) refused++
      const answer = rollUp(species, scores, fitted.rollUp)
      const list = shortlistOf(scores, fitted.rollUp.shortlist)
      if (answer !== null) {
        named++
        if (answer.species.includes(truth[row]!)) namedRight++
      } else if (list !== null) {
        listed++
        if (list.includes(truth[row]!)) listedRight++
      }
    }
    for (const [row, kind] of kinds.entries()) {
      if (linearScore(head, rowOf(others, row)) >= check.threshold) continue
      refusedOthers++
      refusedOf.set(kind, (refusedOf.get(kind) ?? 0) + 1)
    }
    say(`${set.name}: fold ${nth + 1} of ${FOLDS}`)
  }
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 1000)
  const countOf = (kind: string) => kinds.filter((one) => one === kind).length
  return {
    set: set.name,
    photos: photos.length,
    top1: share(answers.filter(({ isRight }) => isRight).length, answers.length),
    temperature: share(
      temperatures.reduce((sum, one) => sum + one, 0),
      FOLDS,
    ),
    eceAsIs: expectedError(asIs),
    ece: expectedError(answers),
    eceFloor: expectedErrorFloor(answers, SEED),
    plantsRefused: share(refused, photos.length),
    others: kinds.length,
    othersRefused: share(refusedOthers, FOLDS * kinds.length),
    ...Object.fromEntries(
      [...new Set(kinds)].map((kind) => [
        `refused ${kind}`,
        share(refusedOf.get(kind) ?? 0, FOLDS * countOf(kind)),
      ]),
    ),
    named: share(named, photos.length),
    namedRight: share(namedRight, named),
    listed: share(listed, photos.length),
    listedRight: share(listedRight, listed),
  }
}

function bestAnswer(scores: Float32Array, truth: number): Answered {
  const [best, score] = bestOf(scores, 1)[0]!
  return { score: Math.min(1, score), isRight: best === truth }
}
