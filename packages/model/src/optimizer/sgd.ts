/**
 * Stochastic gradient descent with momentum, in PyTorch's form (Sutskever et al. 2013): v <- m v + g + d w, then
 * w <- w - r v, or with Nesterov w <- w - r (g + d w + m v).
 */
import { velocityOf } from './moments.ts'
import type { TensorWork } from './tensor-work.ts'

export type SgdTerms = { kind: 'sgd'; learningRate: number; momentum: number; nesterov: boolean }

export function sgdRange({ learningRate, momentum, nesterov }: SgdTerms, work: TensorWork): void {
  const { end, weights, gradient, gradientScale, decay, update } = work
  const before = velocityOf(work.before)
  const after = velocityOf(work.after)
  for (let i = work.start; i < end; i++) {
    const slope = gradientScale * gradient[i]! + decay * weights[i]!
    const velocity = momentum * before[i]! + slope
    after[i] = velocity
    update[i] = -learningRate * (nesterov ? slope + momentum * velocity : velocity)
  }
}
