import { describe, expect, it } from 'vitest'
import { wholePower } from '../../src/optimizer/whole-power.ts'
import { steps } from './steps-by-hand.ts'

const adamw = { name: 'adamw' }

describe('OP3: AdamW, of Kingma and Ba 2015 and Loshchilov and Hutter 2019', () => {
  it('bias correction: the first step is r times the gradient’s sign, however long the gradient is', () => {
    const [first] = steps({ ...adamw, epsilon: 1e-30 }, [[1e-6, -3e4, 2 ** -20, 0]])
    expect(first!.update).toEqual([-0.25, 0.25, -0.25])
  })

  it('bias correction: under a constant gradient every step is the first', () => {
    const constant = Array.from({ length: 50 }, () => [0.5, -2, 8, 0])
    for (const { update } of steps(adamw, constant)) {
      expect(update).toEqual([-0.25, 0.25, -0.25].map((step) => expect.closeTo(step, 6)))
    }
  })

  it('the first moments are β m + (1 - β) g and β v + (1 - β) g²', () => {
    const halves = { ...adamw, beta1: 0.5, beta2: 0.75 }
    const [first, second] = steps(halves, [
      [4, 0, 8, 0],
      [-2, 1, 0, 0],
    ])
    expect(first!.moments).toEqual({
      kind: 'adamw',
      updates: 1,
      first: Float32Array.from([2, 0, 4]),
      second: Float32Array.from([4, 0, 16]),
    })
    expect(second!.moments).toEqual({
      kind: 'adamw',
      updates: 2,
      first: Float32Array.from([0, 0.5, 2]),
      second: Float32Array.from([4, 0.25, 12]),
    })
    // m' = 0.5 / (1 - 1/4), v' = 0.25 / (1 - 9/16): 0.6667 / 0.7559.
    expect(second!.update[1]).toBeCloseTo(-0.25 * (0.5 / 0.75 / Math.sqrt(0.25 / 0.4375)), 7)
    expect(second!.update[0]).toBe(-0)
  })

  it('ε is added to the root, after the correction', () => {
    const [first] = steps({ ...adamw, epsilon: 3 }, [[1, -1, 5, 0]])
    expect(first!.update).toEqual([-0.0625, 0.0625, Math.fround((-0.25 * 5) / 8)])
  })

  it('OP5: decay is beside the moments: without a gradient kernels shrink by 1 - r d a step, biases do not', () => {
    const still = Array.from({ length: 8 }, () => [0, 0, 0, 0])
    const last = steps({ ...adamw, weightDecay: 0.5 }, still, [1, -2, 4, 8]).at(-1)!
    expect(last.weights).toEqual([0.875 ** 8, -2 * 0.875 ** 8, 4, 8].map((w) => expect.closeTo(w, 6)))
    expect(last.moments).toMatchObject({ first: new Float32Array(3), second: new Float32Array(3) })
  })

  it('decay does not change the moments, and adds - r d w to the step', () => {
    const gradient = [[1, 2, 3, 0]]
    const [plain] = steps(adamw, gradient)
    const [decayed] = steps({ ...adamw, weightDecay: 0.5 }, gradient)
    expect(decayed!.moments).toEqual(plain!.moments)
    expect(decayed!.update[0]! - plain!.update[0]!).toBeCloseTo(-0.25 * 0.5 * 1, 6)
    expect(decayed!.update[1]! - plain!.update[1]!).toBeCloseTo(-0.25 * 0.5 * -2, 6)
  })

  it('without memory (β = 0) it steps by signs', () => {
    const made = steps({ ...adamw, beta1: 0, beta2: 0, epsilon: 1e-30 }, [
      [1, -2, 3, 0],
      [-5, 7, 1, 0],
    ])
    expect(made.map(({ update }) => update)).toEqual([
      [-0.25, 0.25, -0.25],
      [0.25, -0.25, -0.25],
    ])
  })

  it('agrees with algorithm 2 written out, over many steps', () => {
    const [rate, beta1, beta2, epsilon, decay] = [0.25, 0.9, 0.999, 1e-8, 0.05]
    const gradients = Array.from({ length: 40 }, (_, t) => [(t % 7) - 2.3, 0, 0, 0])
    const made = steps({ ...adamw, weightDecay: decay }, gradients)
    let [w, m, v, power1, power2] = [1, 0, 0, 1, 1]
    for (const [t, [g]] of gradients.entries()) {
      m = beta1 * m + (1 - beta1) * g!
      v = beta2 * v + (1 - beta2) * g! * g!
      power1 *= beta1
      power2 *= beta2
      w -= rate * (m / (1 - power1) / (Math.sqrt(v / (1 - power2)) + epsilon) + decay * w)
      expect(made[t]!.weights[0]).toBeCloseTo(w, 5)
    }
  })
})

describe('SD3: whole powers', () => {
  it('are products: exact where those are', () => {
    expect([0, 1, 2, 3, 10, 53].map((n) => wholePower(2, n))).toEqual([1, 2, 4, 8, 1024, 2 ** 53])
    expect(wholePower(0.5, 1000)).toBe(2 ** -1000)
    expect(wholePower(0, 0)).toBe(1)
  })

  it('differ from the engine’s by rounding alone, and vanish at last', () => {
    for (const n of [7, 100, 4321]) {
      expect(wholePower(0.999, n) / 0.999 ** n).toBeCloseTo(1, 11)
    }
    expect(wholePower(0.999, 100_000_000)).toBe(0)
  })
})
