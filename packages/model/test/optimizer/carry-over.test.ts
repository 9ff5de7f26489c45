import { isRejection } from '@worldflora/protocol/rejection'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { describe, expect, it } from 'vitest'
import {
  carryOptimizerState,
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  type OptimizerState,
} from '../../src/optimizer/index.ts'
import { testRun } from '../test-run.ts'
import { smallLayout as layout } from './steps-by-hand.ts'

const run = (optimizer: Record<string, unknown>) =>
  testRun({ optimizer: { learningRate: 0.1, ...optimizer } })
const weights = Float32Array.from([1, 2, 3, 4])
const state: OptimizerState = {
  moments: { kind: 'sgd', velocity: Float32Array.from([5, 6, 7]) },
  residual: Float32Array.from([8, 9]),
  average: { updates: 10, values: Float32Array.from([11, 12, 13, 14]) },
}

function carried(before: OptimizerState, from: PhaseConfig, to: PhaseConfig) {
  const bytes = encodeOptimizerState(before, layout)
  const over = carryOptimizerState(bytes, layout, { from, to, weights })
  if (isRejection(over)) throw new Error(over.message)
  return { isFresh: over.isFresh, after: decodeOptimizerState(over.bytes, to.optimizer, layout) }
}

describe('LC2: an optimizer’s state under another configuration', () => {
  const from = run({ name: 'sgd', ema: 0.99 })

  it('goes on where optimizer and average stay, whatever their numbers', () => {
    const to = run({ name: 'sgd', learningRate: 1, ema: 0.9, clipNorm: 1 })
    expect(carried(state, from, to)).toEqual({ isFresh: false, after: state })
  })

  it('of another optimizer begins anew, and still owes the residual', () => {
    const to = run({ name: 'adamw' })
    const fresh = initOptimizer(to.optimizer, layout, weights)
    expect(carried(state, from, to)).toEqual({ isFresh: true, after: { ...fresh, residual: state.residual } })
  })

  it('OP7: an average outlives its optimizer; a new one begins with the weights of the step', () => {
    const { average, ...without } = state
    expect(carried(state, from, run({ name: 'lars', ema: 0.99 })).after).toMatchObject({ average })
    const begun = carried({ ...without, average: null }, run({ name: 'sgd' }), from)
    expect(begun).toEqual({ isFresh: false, after: { ...without, average: { updates: 0, values: weights } } })
    const ended = carried(state, from, run({ name: 'sgd' }))
    expect(ended).toEqual({ isFresh: false, after: { ...without, average: null } })
  })

  it('that is not what its run says is refused', () => {
    const bytes = encodeOptimizerState(state, layout)
    const request = { from: run({ name: 'adamw' }), to: from, weights }
    expect(carryOptimizerState(bytes, layout, request)).toMatchObject({ code: 'malformed-optimizer-state' })
  })
})
