import { describe, expect, it } from 'vitest'
import { trustRatio } from '../../src/optimizer/lars.ts'
import { steps, velocity } from './steps-by-hand.ts'

const lars = { name: 'lars', momentum: 0.5, trustCoefficient: 1 }
/** Kernel (3, 4) of norm 5, a bias of 4, a statistic. */
const WEIGHTS = [3, 4, 4, 8]

describe('OP2: LARS, algorithm 1 of You, Gitman and Ginsburg 2017', () => {
  it('λ = η |w| / (|g| + d |w|), v <- m v + r λ (g + d w), w <- w - v', () => {
    // |g| = 10, so λ = 5/10, r λ = 1/8; then |w| is 3.75, |g| = 2.5, λ = 1.5, r λ = 3/8.
    const [first, second] = steps(
      lars,
      [
        [6, 8, 1, 0],
        [1.5, 2, 1, 0],
      ],
      WEIGHTS,
    )
    expect(first!.update).toEqual([-0.75, -1, -0.25])
    expect(first!.weights).toEqual([2.25, 3, 3.75, 8])
    expect(velocity(second!)).toEqual([0.375 + 0.5625, 0.5 + 0.75, 0.125 + 0.25])
    expect(second!.update).toEqual([-0.9375, -1.25, -0.375])
  })

  it('decay is in the ratio and in the direction', () => {
    // λ = 5 / (10 + 5/2) = 0.4; 0.1 (6 + 3/2, 8 + 4/2).
    const [first] = steps({ ...lars, weightDecay: 0.5 }, [[6, 8, 1, 0]], WEIGHTS)
    expect(first!.update).toEqual([Math.fround(-0.75), -1, -0.25])
  })

  it('OP5: norms and biases take the run’s rate as it is, and no decay', () => {
    const [first] = steps({ ...lars, weightDecay: 0.5, trustCoefficient: 0.001 }, [[6, 8, 1, 0]], WEIGHTS)
    expect(first!.update[2]).toBe(-0.25)
  })

  it('η is a plain factor of the rate', () => {
    const [first] = steps({ ...lars, trustCoefficient: 2 ** -10 }, [[6, 8, 0, 0]], WEIGHTS)
    expect(first!.update.slice(0, 2)).toEqual([-0.75 * 2 ** -10, -1 * 2 ** -10])
  })

  it('the step of a tensor does not depend on the scale of its gradient: r η |w| long, without decay', () => {
    for (const scale of [2 ** -20, 1, 2 ** 20]) {
      const [first] = steps(lars, [[6 * scale, 8 * scale, 0, 0]], WEIGHTS)
      expect(Math.hypot(first!.update[0]!, first!.update[1]!)).toBe(0.25 * 5)
    }
  })

  it('with trust 1 is SGD: where |g| = |w|, at a constant rate', () => {
    const gradients = [
      [4, -3, 1, 0],
      [3, 4, -2, 0],
    ]
    // The weights stay where they are between the steps, so that their norm is the gradient's.
    const trusting = gradients.map((gradient) => steps(lars, [gradient], WEIGHTS)[0]!.update)
    const plain = gradients.map(
      (gradient) => steps({ name: 'sgd', momentum: 0.5 }, [gradient], WEIGHTS)[0]!.update,
    )
    expect(trusting).toEqual(plain)
  })

  it('tensors without a ratio go with SGD over many steps, at a constant rate', () => {
    const gradients = Array.from({ length: 12 }, (_, t) => [0, 0, ((t * 7) % 5) - 2, 0])
    const trusting = steps(lars, gradients, [0, 0, 4, 0])
    const plain = steps({ name: 'sgd', momentum: 0.5 }, gradients, [0, 0, 4, 0])
    expect(trusting.map(({ weights }) => weights)).toEqual(plain.map(({ weights }) => weights))
  })

  it('a tensor of zeros, or without a gradient, has the ratio 1', () => {
    const norms = { trustCoefficient: 0.001, weightDecay: 0, weightNorm: 0, gradientNorm: 1 }
    expect(trustRatio(norms)).toBe(1)
    expect(trustRatio({ ...norms, weightNorm: 1, gradientNorm: 0 })).toBe(1)
    expect(steps(lars, [[6, 8, 0, 0]], [0, 0, 0, 0])[0]!.update).toEqual([-1.5, -2, -0])
  })

  it('agrees with the formulas written out, over many steps', () => {
    const [rate, m, eta, decay] = [0.25, 0.9, 0.02, 0.01]
    const gradients = Array.from({ length: 20 }, (_, t) => [(t % 3) - 1.2, 0.7 - (t % 4), 0, 0])
    const made = steps({ name: 'lars', trustCoefficient: eta, weightDecay: decay }, gradients, WEIGHTS)
    let [w0, w1, v0, v1] = [3, 4, 0, 0]
    for (const [t, gradient] of gradients.entries()) {
      const [g0, g1] = gradient as [number, number, number, number]
      const norm = Math.sqrt(w0 * w0 + w1 * w1)
      const ratio = (eta * norm) / (Math.sqrt(g0 * g0 + g1 * g1) + decay * norm)
      v0 = m * v0 + rate * ratio * (g0 + decay * w0)
      v1 = m * v1 + rate * ratio * (g1 + decay * w1)
      w0 -= v0
      w1 -= v1
      expect(made[t]!.weights[0]).toBeCloseTo(w0, 5)
      expect(made[t]!.weights[1]).toBeCloseTo(w1, 5)
    }
  })
})
