import { initOptimizer } from '@worldflora/model/optimizer'
import { applyDelta } from '@worldflora/protocol/delta-codec'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Wire } from '@worldflora/protocol/run-config'
import { describe, expect, it } from 'vitest'
import { type UpdateRequest, updateStep } from '../../src/reduction/step-update.ts'
import { layout, must, noise, runConfig, WIRES } from './fixture.ts'

const { quantised, exact, total } = layout

function request(wire: Wire, change: Partial<UpdateRequest> = {}): UpdateRequest {
  const config = runConfig(wire, { schedule: 'constant', momentum: 0 })
  const weights = noise(total, 0.1, 1)
  return {
    config,
    layout,
    moment: { step: 0, stepsPerEpoch: 5, steps: 10 },
    weights,
    state: initOptimizer(config.optimizer, layout, weights),
    mean: noise(total + 2, 1e-2, 2),
    ...change,
  }
}

/** Whoever holds `weights` holds this after the step. */
function ledOn(weights: Float32Array, delta: Uint8Array, wire: Wire): Float32Array {
  const after = weights.slice()
  const kind = { quantised, exact: total - quantised, wire, unitExponent: null }
  expect(applyDelta(after, delta, kind)).toBeNull()
  return after
}

describe.each(WIRES)('an update on the %s wire', (wire) => {
  it('error feedback: what was applied and what is left over are exactly what was wanted', () => {
    let { weights, state } = request(wire)
    for (let step = 0; step < 20; step++) {
      const mean = noise(total + 2, 10 ** -(step % 7), step)
      const before = state.residual
      const updated = must(updateStep(request(wire, { weights, state, mean })))
      const applied = ledOn(new Float32Array(total), updated.delta, wire)
      for (let i = 0; i < quantised; i++) {
        const wanted = Math.fround(Math.fround(-0.5 * mean[i]!) + before[i]!)
        expect(applied[i]! + updated.state.residual[i]!).toBe(wanted)
      }
      ;({ weights, state } = updated)
    }
  })

  it('error feedback: small updates come through in time, though a block holds a large one', () => {
    const mean = new Float32Array(total + 2)
    mean[0] = 1
    mean[1] = 1e-4
    let { weights, state } = request(wire)
    const first = weights[1]!
    for (let step = 0; step < 400; step++)
      ({ weights, state } = must(updateStep(request(wire, { weights, state, mean }))))
    const owed = wire === 'float32' ? 0 : state.residual[1]!
    expect(weights[1]! - first + owed).toBeCloseTo(-0.5 * 1e-4 * 400, 4)
    expect(weights[1]!).toBeLessThan(first)
  })

  it('SD2: whoever applies the delta holds the bits that the coordinator holds', () => {
    const given = request(wire)
    const updated = must(updateStep(given))
    const worker = ledOn(given.weights, updated.delta, wire)
    expect(Buffer.compare(Buffer.from(worker.buffer), Buffer.from(updated.weights.buffer))).toBe(0)
  })

  it('biases and statistics arrive at full precision (BN1)', () => {
    const { weights, mean, ...rest } = request(wire)
    const updated = must(updateStep({ weights, mean, ...rest }))
    for (let i = quantised; i < quantised + exact; i++) {
      expect(updated.weights[i]).toBe(Math.fround(weights[i]! + Math.fround(-0.5 * mean[i]!)))
    }
    for (let i = quantised + exact; i < total; i++) {
      expect(updated.weights[i]).toBeCloseTo(0.9 * weights[i]! + 0.1 * mean[i]!, 8)
    }
  })

  it('reports the loss and the accuracy of the weights it started from', () => {
    const mean = new Float32Array(total + 2)
    mean.set([2.5, 0.125], total)
    expect(updateStep(request(wire, { mean }))).toMatchObject({
      loss: 2.5,
      accuracy: 0.125,
      learningRate: 0.5,
    })
  })

  it.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'DV1: %d anywhere: the run diverges, and nothing was changed',
    (wild) => {
      for (const at of [0, quantised, total - 1]) {
        const given = request(wire)
        given.mean[at] = wild
        const before = structuredClone({ weights: given.weights, state: given.state })
        const updated = updateStep(given)
        expect(isRejection(updated) && updated.code).toBe('diverged')
        expect({ weights: given.weights, state: given.state }).toEqual(before)
      }
    },
  )
})
