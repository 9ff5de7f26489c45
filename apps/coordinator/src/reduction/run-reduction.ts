/** One run inside the reduction thread: its weights, optimizer state and the sums of the step in flight. */
import { createHash } from 'node:crypto'
import {
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  type OptimizerState,
} from '@worldflora/model/optimizer'
import { parseVector, type VectorKind } from '@worldflora/protocol/gradient-codec'
import type { Hash } from '@worldflora/protocol/ids'
import { contributionShape } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { decodeWeights, encodeWeights } from '@worldflora/protocol/tensor-codec'
import { Accumulator } from './accumulator.ts'
import type { OpenReduction, ReducedStep } from './reducer.ts'
import { updateStep } from './step-update.ts'

export class RunReduction {
  readonly #run: Pick<OpenReduction, 'config' | 'layout' | 'stepsPerEpoch' | 'steps'>
  readonly #expected: VectorKind
  readonly #sums: Accumulator
  #weights: Float32Array<ArrayBuffer>
  #state: OptimizerState
  #step: number

  private constructor(run: OpenReduction, weights: Float32Array<ArrayBuffer>, state: OptimizerState) {
    const shape = contributionShape(run.layout)
    this.#run = { config: run.config, layout: run.layout, stepsPerEpoch: run.stepsPerEpoch, steps: run.steps }
    this.#expected = { ...shape, wire: run.config.wire, unitExponent: run.unitExponent }
    this.#sums = new Accumulator(shape, run.unitExponent)
    this.#weights = weights
    this.#state = state
    this.#step = run.step
  }

  static open(run: OpenReduction): RunReduction | Rejection {
    const weights = decodeWeights(run.weights, run.layout)
    if (isRejection(weights)) return weights
    const state =
      run.optimizerState === null
        ? initOptimizer(run.config.optimizer, run.layout, weights)
        : decodeOptimizerState(run.optimizerState, run.config.optimizer, run.layout)
    if (isRejection(state)) return state
    return new RunReduction(run, weights, state)
  }

  /** The run has no step left. */
  get isThrough(): boolean {
    return this.#step >= this.#run.steps
  }

  add(step: number, bytes: Uint8Array): null | Rejection {
    if (step !== this.#step) return wrongStep(step, this.#step)
    const contribution = parseVector(bytes, this.#expected)
    if (isRejection(contribution)) return contribution
    this.#sums.add(contribution)
    return null
  }

  closeStep(step: number, samples: number): ReducedStep | Rejection {
    if (step !== this.#step) return wrongStep(step, this.#step)
    const { config, layout, stepsPerEpoch, steps } = this.#run
    const mean = this.#sums.mean(samples)
    this.#sums.reset()
    const moment = { step, stepsPerEpoch, steps }
    const updated = updateStep({ config, layout, moment, weights: this.#weights, state: this.#state, mean })
    if (isRejection(updated)) return updated
    this.#weights = updated.weights
    this.#state = updated.state
    this.#step = step + 1
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

function wrongStep(step: number, current: number): Rejection {
  return reject(
    'wrong-step',
    `Step ${step} is not in flight: the reduction is at step ${current}.`,
    'This is a fault of the coordinator: report it.',
  )
}
