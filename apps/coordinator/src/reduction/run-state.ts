/** One run inside its home thread: its weights and the optimizer's state, which change together or not at all. */
import { createHash } from 'node:crypto'
import {
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  type OptimizerState,
} from '@worldflora/model/optimizer'
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { decodeWeights, encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { OpenReduction, ReducedStep } from './reducer.ts'
import { updateStep } from './step-update.ts'

export class RunState {
  readonly #run: Pick<OpenReduction, 'config' | 'layout' | 'stepsPerEpoch' | 'steps'>
  #weights: Float32Array<ArrayBuffer>
  #state: OptimizerState

  private constructor(run: OpenReduction, weights: Float32Array<ArrayBuffer>, state: OptimizerState) {
    this.#run = { config: run.config, layout: run.layout, stepsPerEpoch: run.stepsPerEpoch, steps: run.steps }
    this.#weights = weights
    this.#state = state
  }

  static open(run: OpenReduction): RunState | Rejection {
    const weights = decodeWeights(run.weights, run.layout)
    if (isRejection(weights)) return weights
    const state =
      run.optimizerState === null
        ? initOptimizer(run.config.optimizer, run.layout, weights)
        : decodeOptimizerState(run.optimizerState, run.config.optimizer, run.layout)
    if (isRejection(state)) return state
    return new RunState(run, weights, state)
  }

  /** `means` are of the step's samples. A rejection leaves everything as it was. */
  update(step: number, means: Float32Array): ReducedStep | Rejection {
    const { config, layout, stepsPerEpoch, steps } = this.#run
    const moment = { step, stepsPerEpoch, steps }
    const before = { weights: this.#weights, state: this.#state }
    const updated = updateStep({ config, layout, moment, ...before, mean: means })
    if (isRejection(updated)) return updated
    this.#weights = updated.weights
    this.#state = updated.state
    const weights = encodeWeights(updated.weights)
    return {
      kind: 'updated',
      delta: updated.delta,
      optimizerState: encodeOptimizerState(updated.state, layout),
      weights,
      checkpoint: createHash('sha256').update(weights).digest('hex') as Hash,
      loss: updated.loss,
      accuracy: updated.accuracy,
      learningRate: updated.learningRate,
    }
  }
}
