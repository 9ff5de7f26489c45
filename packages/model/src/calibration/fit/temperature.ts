/** The temperature that makes scores mean what they say: it minimises the loss on photos that were not trained on (Guo et al. 2017). */
import { softmax } from '../softmax.ts'
import { type Rows, rowOf } from './rows.ts'

/** Sharpness is 1 / temperature: the loss is convex in it. */
const [LEAST_SHARPNESS, MOST_SHARPNESS] = [0.02, 20]
const ITERATIONS = 60

/** By bisection of the slope. */
export function fitTemperature(logits: Rows, truth: ArrayLike<number>): number {
  let [low, high] = [Math.log(LEAST_SHARPNESS), Math.log(MOST_SHARPNESS)]
  for (let i = 0; i < ITERATIONS; i++) {
    const middle = (low + high) / 2
    if (slopeAt(Math.exp(middle), logits, truth) > 0) high = middle
    else low = middle
  }
  return Math.exp(-(low + high) / 2)
}

/** Of the summed loss by the sharpness, and of (ln sharpness)² / 2, which keeps the model's own where there is little to go by (with all photos right it would go to infinity). */
function slopeAt(sharpness: number, logits: Rows, truth: ArrayLike<number>): number {
  let slope = Math.log(sharpness) / sharpness
  for (let row = 0; row < logits.count; row++) {
    const own = rowOf(logits, row)
    const scores = softmax(own, 1 / sharpness)
    let expected = 0
    for (let c = 0; c < own.length; c++) expected += scores[c]! * own[c]!
    slope += expected - own[truth[row]!]!
  }
  return slope
}
