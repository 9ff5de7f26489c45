/**
 * From a step's mean gradient to the next checkpoint. The update is quantised with error feedback (Seide et al. 2014): what
 * the wire could not carry is added to the next step's update. Everybody applies the quantised update, this process too.
 */
import {
  globalNorm,
  learningRateAt,
  needsWeightSquares,
  nextAverage,
  nextMoments,
  nextStatistics,
  type OptimizerState,
  prepareUpdate,
  squaresOfTensors,
  updateRange,
} from '@worldflora/model/optimizer'
import { applyDelta, encodeDelta } from '@worldflora/protocol/delta-codec'
import { decodeVector, diverged } from '@worldflora/protocol/gradient-codec'
import { deltaShape, type ParameterLayout, TALLY } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { PhaseConfig } from '@worldflora/protocol/run-config'

/** In its phase. */
export type StepMoment = { step: number; stepsPerEpoch: number; steps: number }

export type StepUpdate = {
  delta: Uint8Array<ArrayBuffer>
  weights: Float32Array<ArrayBuffer>
  state: OptimizerState
  learningRate: number
  /** Means over the step's samples, before the update. */
  loss: number
  accuracy: number
}

export type UpdateRequest = {
  config: PhaseConfig
  layout: ParameterLayout
  moment: StepMoment
  /** Neither is changed. */
  weights: Float32Array
  state: OptimizerState
  /** [quantised | exact | statistics | tally], divided by the step's samples. */
  mean: Float32Array
}

/** Rejects when gradient or update are not finite or beyond all range: the run diverges (DV1). */
export function updateStep({
  config,
  layout,
  moment,
  weights,
  state,
  mean,
}: UpdateRequest): StepUpdate | Rejection {
  const { quantised, exact, total } = layout
  const gradientSquares = squaresOfTensors(layout, mean)
  const norm = globalNorm(gradientSquares)
  if (!Number.isFinite(norm)) return diverged(`The gradient’s norm is ${norm}`)
  const learningRate = learningRateAt(config.optimizer, {
    ...moment,
    globalBatch: config.samplesPerTask * config.tasksPerStep,
  })
  const terms = prepareUpdate({
    config: config.optimizer,
    layout,
    learningRate,
    moments: state.moments,
    gradientSquares,
    weightSquares: needsWeightSquares(config.optimizer) ? squaresOfTensors(layout, weights) : null,
  })
  const moments = nextMoments(state.moments)
  const values = new Float32Array(total)
  const buffers = { weights, gradient: mean, before: state.moments, update: values, after: moments }
  updateRange(terms, buffers, 0, quantised + exact)
  addTo(values, state.residual, 0, quantised)
  addTo(values, weights, quantised, quantised + exact)
  const running = nextStatistics(
    weights.subarray(quantised + exact, total),
    mean.subarray(quantised + exact, total),
  )
  values.set(running, quantised + exact)

  const shape = deltaShape(layout)
  const encoded = encodeDelta({ values, weights, shape, wire: config.wire })
  if (isRejection(encoded)) return encoded
  const { bytes: delta, update } = encoded
  const next = weights.slice() as Float32Array<ArrayBuffer>
  // As everybody will: from the bytes.
  const fault = applyDelta(next, delta, { ...shape, wire: config.wire, unitExponent: null })
  if (fault !== null) return fault

  const { ema } = config.optimizer
  const average = ema === undefined ? null : nextAverage(state.average!, next, ema)

  // The difference of a value and its rounding to a coarser grid is exact in single precision: nothing is ever lost.
  const residual = decodeVector(update).subarray(0, quantised)
  for (let i = 0; i < quantised; i++) residual[i] = values[i]! - residual[i]!
  return {
    delta,
    weights: next,
    state: { moments, residual, average },
    learningRate,
    loss: mean[total + TALLY.loss]!,
    accuracy: mean[total + TALLY.correct]!,
  }
}

/** Adds `terms` to `values` in place, in single precision. */
function addTo(values: Float32Array, terms: Float32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) values[i] = values[i]! + terms[i]!
}
