/**
 * AdamW: the moments of Kingma and Ba 2015 (algorithm 1, with bias correction), the decay beside them instead of in the
 * gradient (Loshchilov and Hutter 2019, algorithm 2). As in PyTorch the rate multiplies the decay as well:
 * w <- w - r (m' / (sqrt(v') + ε) + d w).
 */
import type { AdamwConfig } from '@worldflora/protocol/run-config'
import { adamMomentsOf } from './moments.ts'
import type { TensorWork } from './tensor-work.ts'
import { wholePower } from './whole-power.ts'

export type AdamwTerms = {
  kind: 'adamw'
  learningRate: number
  beta1: number
  beta2: number
  epsilon: number
  /** 1 - β^t, t counting the updates from 1. */
  correction1: number
  correction2: number
}

export function adamwTerms(
  { beta1, beta2, epsilon }: AdamwConfig,
  learningRate: number,
  updatesBefore: number,
): AdamwTerms {
  const t = updatesBefore + 1
  return {
    kind: 'adamw',
    learningRate,
    beta1,
    beta2,
    epsilon,
    correction1: 1 - wholePower(beta1, t),
    correction2: 1 - wholePower(beta2, t),
  }
}

export function adamwRange(terms: AdamwTerms, work: TensorWork): void {
  const { learningRate, beta1, beta2, epsilon, correction1, correction2 } = terms
  const { end, weights, gradient, gradientScale, decay, update } = work
  const { first: firstBefore, second: secondBefore } = adamMomentsOf(work.before)
  const { first: firstAfter, second: secondAfter } = adamMomentsOf(work.after)
  const rest1 = 1 - beta1
  const rest2 = 1 - beta2
  for (let i = work.start; i < end; i++) {
    const slope = gradientScale * gradient[i]!
    const first = beta1 * firstBefore[i]! + rest1 * slope
    const second = beta2 * secondBefore[i]! + rest2 * slope * slope
    firstAfter[i] = first
    secondAfter[i] = second
    const direction = first / correction1 / (Math.sqrt(second / correction2) + epsilon)
    update[i] = -learningRate * (direction + decay * weights[i]!)
  }
}
