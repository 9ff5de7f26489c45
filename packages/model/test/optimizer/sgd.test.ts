import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { OptimizerConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { sgdUpdate } from '../../src/optimizer/index.ts'

// Powers of two, so that what is written here by hand is exact.
const layout = layoutOf([
  { name: 'kernel', shape: [1, 2], role: 'trainable', decay: true },
  { name: 'bias', shape: [1], role: 'trainable', decay: false },
  { name: 'mean', shape: [1], role: 'statistic', decay: false },
])
const learningRate = 0.25

function steps(settings: Record<string, unknown>, gradients: number[][], weights = [1, -2, 4, 8]) {
  const config = v.parse(OptimizerConfig, { name: 'sgd', learningRate, momentum: 0.5, ...settings })
  let momentum: Float32Array = new Float32Array(3)
  const values = Float32Array.from(weights)
  return gradients.map((gradient) => {
    const next = sgdUpdate({
      config,
      layout,
      weights: values,
      gradient: Float32Array.from(gradient),
      momentum,
      learningRate,
    })
    momentum = next.momentum
    for (const [i, update] of next.update.entries()) values[i] = values[i]! + update
    return { update: [...next.update], momentum: [...next.momentum], weights: [...values] }
  })
}

describe('stochastic gradient descent, as PyTorch’s', () => {
  it('w <- w - r g without momentum', () => {
    expect(steps({ momentum: 0 }, [[1, 2, -4, 99]])).toEqual([
      { update: [-0.25, -0.5, 1], momentum: [1, 2, -4], weights: [0.75, -2.5, 5, 8] },
    ])
  })

  it('v <- m v + g, w <- w - r v', () => {
    const [, second] = steps({}, [
      [1, 2, -4, 0],
      [1, 0, 4, 0],
    ])
    expect(second!.momentum).toEqual([1.5, 1, 2])
    expect(second!.update).toEqual([-0.375, -0.25, -0.5])
  })

  it('Nesterov looks ahead: w <- w - r (g + m v)', () => {
    const [first, second] = steps({ nesterov: true }, [
      [1, 2, -4, 0],
      [1, 0, 4, 0],
    ])
    expect(first!.update).toEqual([-0.375, -0.75, 1.5])
    expect(second!.update).toEqual([-0.4375, -0.125, -1.25])
  })

  it('decays weights where the network says so, as a part of the gradient', () => {
    const [first] = steps({ momentum: 0, weightDecay: 0.5 }, [[1, 2, -4, 0]])
    expect(first!.momentum).toEqual([1.5, 1, -4])
    expect(first!.update).toEqual([-0.375, -0.25, 1])
  })

  it('leaves statistics, and its arguments, alone', () => {
    const momentum = Float32Array.from([1, 1, 1])
    const config = v.parse(OptimizerConfig, { name: 'sgd', learningRate })
    const weights = new Float32Array(4).fill(1)
    const gradient = new Float32Array(4).fill(1)
    const next = sgdUpdate({ config, layout, weights, gradient, momentum, learningRate })
    expect(next.update).toHaveLength(3)
    for (const untouched of [momentum, weights, gradient]) expect(new Set(untouched)).toEqual(new Set([1]))
  })
})
