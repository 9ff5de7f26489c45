import { describe, expect, it } from 'vitest'
import { initOptimizer } from '../../src/optimizer/index.ts'
import { optimizerConfig, smallLayout, stepOnce, steps, velocity } from './steps-by-hand.ts'

// Powers of two, so that what is written here by hand is exact. The rate is 1/4.
const sgd = { name: 'sgd', momentum: 0.5 }
const GRADIENTS = [
  [1, 2, -4, 0],
  [1, 0, 4, 0],
  [-3, 0.5, 2, 0],
]

describe('OP1: stochastic gradient descent, as PyTorch’s', () => {
  it('w <- w - r g without momentum', () => {
    const [only] = steps({ ...sgd, momentum: 0 }, [[1, 2, -4, 99]])
    expect(only).toMatchObject({ update: [-0.25, -0.5, 1], weights: [0.75, -2.5, 5, 8] })
    expect(velocity(only!)).toEqual([1, 2, -4])
  })

  it('v <- m v + g, w <- w - r v', () => {
    const [, second] = steps(sgd, GRADIENTS)
    expect(velocity(second!)).toEqual([1.5, 1, 2])
    expect(second!.update).toEqual([-0.375, -0.25, -0.5])
  })

  it('Nesterov looks ahead: w <- w - r (g + m v)', () => {
    const [first, second] = steps({ ...sgd, nesterov: true }, GRADIENTS)
    expect(first!.update).toEqual([-0.375, -0.75, 1.5])
    expect(second!.update).toEqual([-0.4375, -0.125, -1.25])
  })

  it('Nesterov is momentum seen one step of the velocity ahead: w - r m v, given the same gradients', () => {
    const plain = steps(sgd, GRADIENTS)
    const ahead = steps({ ...sgd, nesterov: true }, GRADIENTS)
    for (const [t, { weights }] of plain.entries()) {
      const velocities = velocity(plain[t]!)
      expect(ahead[t]!.weights.slice(0, 3)).toEqual(
        velocities.map((velocity, i) => weights[i]! - 0.25 * 0.5 * velocity),
      )
    }
  })

  it('OP5: decays weights where the network says so, as a part of the gradient', () => {
    const [first] = steps({ ...sgd, momentum: 0, weightDecay: 0.5 }, [[1, 2, -4, 0]])
    expect(velocity(first!)).toEqual([1.5, 1, -4])
    expect(first!.update).toEqual([-0.375, -0.25, 1])
  })

  it('leaves statistics, and its arguments, alone', () => {
    const weights = new Float32Array(4).fill(1)
    const gradient = new Float32Array(4).fill(1)
    const config = optimizerConfig(sgd)
    const { moments } = initOptimizer(config, smallLayout, weights)
    const next = stepOnce({ config, weights, gradient, moments })
    expect(next.update).toHaveLength(3)
    for (const untouched of [weights, gradient]) expect(new Set(untouched)).toEqual(new Set([1]))
    expect(velocity({ moments })).toEqual([0, 0, 0])
  })
})
