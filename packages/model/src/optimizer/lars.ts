/**
 * LARS (You, Gitman, Ginsburg 2017, "Large batch training of convolutional networks", algorithm 1), for very large batches:
 * each tensor has its own rate, r λ with λ = η |w| / (|g| + d |w|). Then v <- m v + r λ (g + d w) and w <- w - v: unlike in
 * our SGD, the rate is inside the velocity, as the paper has it. Norms and biases take λ = 1, and no decay.
 */
import { velocityOf } from './moments.ts'
import type { TensorWork } from './tensor-work.ts'

export type LarsTerms = {
  kind: 'lars'
  momentum: number
  /** r λ, by tensor. */
  localRates: readonly number[]
}

export type TrustRequest = {
  trustCoefficient: number
  weightDecay: number
  weightNorm: number
  gradientNorm: number
}

/** λ. 1 where a norm is zero: a tensor that begins at zero could never leave it else. */
export function trustRatio({
  trustCoefficient,
  weightDecay,
  weightNorm,
  gradientNorm,
}: TrustRequest): number {
  if (weightNorm === 0 || gradientNorm === 0) return 1
  return (trustCoefficient * weightNorm) / (gradientNorm + weightDecay * weightNorm)
}

export function larsRange({ momentum, localRates }: LarsTerms, work: TensorWork): void {
  const { end, weights, gradient, gradientScale, decay, update } = work
  const before = velocityOf(work.before)
  const after = velocityOf(work.after)
  const rate = localRates[work.tensor]!
  for (let i = work.start; i < end; i++) {
    const velocity = momentum * before[i]! + rate * (gradientScale * gradient[i]! + decay * weights[i]!)
    after[i] = velocity
    update[i] = -velocity
  }
}
