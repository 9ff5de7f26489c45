/**
 * From a step's mean gradient to the next checkpoint. The update is quantised with error feedback (Seide et al. 2014): what
 * the wire could not carry is added to the next step's update. Everybody applies the quantised update, this process too.
 */
import { learningRateAt, nextStatistics, type OptimizerState, sgdUpdate } from '@worldflora/model/optimizer'
import { applyDelta, decodeVector, encodeVector, parseVector } from '@worldflora/protocol/gradient-codec'
import { deltaShape, type ParameterLayout, TALLY } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'

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
  config: RunConfig
  layout: ParameterLayout
  moment: StepMoment
  /** Neither is changed. */
  weights: Float32Array
  state: OptimizerState
  /** [quantised | exact | statistics | tally], divided by the step's samples. */
  mean: Float32Array
}

/** Rejects when the update is not finite or beyond all range: the run diverges. */
export function updateStep({
  config,
  layout,
  moment,
  weights,
  state,
  mean,
}: UpdateRequest): StepUpdate | Rejection {
  const { quantised, exact, total } = layout
  const learningRate = learningRateAt(config.optimizer, moment)
  const { update, momentum } = sgdUpdate({
    config: config.optimizer,
    layout,
    weights,
    gradient: mean,
    momentum: state.momentum,
    learningRate,
  })
  const values = new Float32Array(total)
  for (let i = 0; i < quantised; i++) values[i] = update[i]! + state.residual[i]!
  for (let i = quantised; i < quantised + exact; i++) values[i] = weights[i]! + update[i]!
  const running = nextStatistics(
    weights.subarray(quantised + exact, total),
    mean.subarray(quantised + exact, total),
  )
  values.set(running, quantised + exact)

  const shape = deltaShape(layout)
  const delta = encodeVector({ values, layout: shape, wire: config.wire, unitExponent: null, random: null })
  if (isRejection(delta)) return delta
  const parsed = parseVector(delta, { ...shape, wire: config.wire, unitExponent: null })
  if (isRejection(parsed)) return parsed
  const next = weights.slice() as Float32Array<ArrayBuffer>
  applyDelta(next, parsed)

  // The difference of a value and its rounding to a coarser grid is exact in single precision: nothing is ever lost.
  const residual = decodeVector(parsed).slice(0, quantised)
  for (let i = 0; i < quantised; i++) residual[i] = values[i]! - residual[i]!
  return {
    delta,
    weights: next,
    state: { momentum, residual },
    learningRate,
    loss: mean[total + TALLY.loss]!,
    accuracy: mean[total + TALLY.correct]!,
  }
}
