/** What an optimizer's inner loop works on: positions `start` to `end` of the flat vector, all of them of one tensor. */
import type { Moments } from './moments.ts'

export type TensorWork = {
  start: number
  end: number
  /** Position of the tensor among the trainable ones. */
  tensor: number
  weights: Float32Array
  /** Mean over the step's samples, before clipping. */
  gradient: Float32Array
  /** Below 1 when the gradient is clipped. */
  gradientScale: number
  decay: number
  before: Moments
  /** Written: what to add to the weights. */
  update: Float32Array
  /** Written. */
  after: Moments
}
