/** Expected calibration error: how far scores are from the share that they are right in, by bins of equal width (Naeini et al. 2015). */
import { RandomStream } from '@worldflora/protocol/random'

const BINS = 10
const SIMULATIONS = 200

/** What was answered, with which score, and whether it was right. */
export type Answered = { score: number; isRight: boolean }

export function expectedError(answers: readonly Answered[]): number {
  return errorOf(
    answers.map(({ score }) => score),
    (i) => answers[i]!.isRight,
  )
}

/** What a model would show on average whose answers are right exactly as often as its scores say, with these scores. */
export function expectedErrorFloor(answers: readonly Answered[], seed: number): number {
  const scores = answers.map(({ score }) => score)
  let sum = 0
  for (let n = 0; n < SIMULATIONS; n++) {
    const chance = new RandomStream(seed, 'calibration', 1, n)
    sum += errorOf(scores, (i) => chance.uniform() < scores[i]!)
  }
  return sum / SIMULATIONS
}

function errorOf(scores: readonly number[], isRight: (i: number) => boolean): number {
  const gap = new Float64Array(BINS)
  for (const [i, score] of scores.entries()) {
    const bin = Math.min(BINS - 1, Math.floor(score * BINS))
    gap[bin]! += score - (isRight(i) ? 1 : 0)
  }
  return scores.length === 0 ? 0 : gap.reduce((sum, one) => sum + Math.abs(one), 0) / scores.length
}
