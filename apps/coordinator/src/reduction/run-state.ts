/** One run inside its home thread: its weights and the optimizer's state, which change together or not at all. */
import { createHash } from 'node:crypto'
import {
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  type OptimizerState,
} from '@worldflora/model/optimizer'
import type { Hash } from '@worldflora/protocol/ids'
import { gather, scatter } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { decodeWeights, encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { OpenReduction, ReducedStep } from './reducer.ts'
import { updateStep } from './step-update.ts'

export class RunState {
  readonly #run: Omit<OpenReduction, 'weights' | 'optimizerState'>
  /** Of what is trained. */
  #weights: Float32Array<ArrayBuffer>
  /** Where these are a part of the whole: the whole, at the last checkpoint. */
  readonly #whole: Float32Array<ArrayBuffer>
  #state: OptimizerState

  private constructor(
    { weights: _, optimizerState: __, ...run }: OpenReduction,
    whole: Float32Array<ArrayBuffer>,
    weights: Float32Array<ArrayBuffer>,
    state: OptimizerState,
  ) {
    this.#run = run
    this.#whole = whole
    this.#weights = weights
    this.#state = state
  }

  static open(run: OpenReduction): RunState | Rejection {
    const whole = decodeWeights(run.weights, run.selection?.whole ?? run.layout)
    if (isRejection(whole)) return whole
    const weights = run.selection === null ? whole : gather(run.selection, whole)
    const state =
      run.optimizerState === null
        ? initOptimizer(run.config.optimizer, run.layout, weights)
        : decodeOptimizerState(run.optimizerState, run.config.optimizer, run.layout)
    if (isRejection(state)) return state
    return new RunState(run, whole, weights, state)
  }

  /** `means` are of the step's samples. A rejection leaves everything as it was. */
  update(step: number, means: Float32Array): ReducedStep | Rejection {
    const { config, layout, stepsPerEpoch, firstStep, endStep, selection } = this.#run
    const moment = { step: step - firstStep, stepsPerEpoch, steps: endStep - firstStep }
    const before = { weights: this.#weights, state: this.#state }
    const updated = updateStep({ config, layout, moment, ...before, mean: means })
    if (isRejection(updated)) return updated
    this.#weights = updated.weights
    this.#state = updated.state
    if (selection !== null) scatter(selection, updated.weights, this.#whole)
    const weights = encodeWeights(selection === null ? updated.weights : this.#whole)
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
