/** A run that tasks are given out of: what its steps and evaluations need, made once when it is taken up. */

import { planRun, type RunPlan } from '@worldflora/dataset/epoch-plan'
import type { Manifest } from '@worldflora/dataset/manifest'
import type { EvaluateResult, Evaluation, RunDescription, RunState } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { EvaluationOrder, OpenRun } from '../core/events.ts'
import type { Reducer } from '../reduction/reducer.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { BlobRef, PendingEvaluation } from '../store/store.ts'
import { chainOf } from './checkpoint-chain.ts'
import { evaluationTasks, type HeldSplit } from './evaluation-plan.ts'
import type { RunBook } from './run-book.ts'
import { type RunLayout, runLayout } from './run-layout.ts'
import { damaged, weightsAt } from './weights-at.ts'

export type ActiveRun = {
  book: RunBook
  manifest: Manifest
  plan: RunPlan
  layout: RunLayout
  /** Whether the reducer holds it at its latest checkpoint (and the sums of the step in flight). */
  isReducing: boolean
  /** From when on the step in flight is counted; null until somebody works on it. */
  stepOpenedAtMs: number | null
  /** Contributions on their way into the sums. */
  adding: Promise<null | Rejection>[]
  /** The step whose loss has paused the run: when the operator resumes it, that loss is accepted (DV3). */
  explodedAtStep: number | null
  /** Rows of the evaluations under way, by evaluation, then by task. */
  gathered: Map<string, EvaluateResult['photos'][]>
  /** Measured, but not kept yet: the disk was full, or the database away. */
  unrecorded: Evaluation[]
  /** A step's row was not acknowledged: the store knows whether it is there (DU3). */
  isInDoubt: boolean
  /** When its blobs were last looked at because a worker failed, and were whole. */
  foundSoundAtMs: number | null
  /** Parts of the features under way, on their way to the disk: by order, then by task. */
  features: Map<string, Promise<BlobRef>[]>
}

export function activeRun(book: RunBook, manifest: Manifest): ActiveRun {
  const { config, flora, unitExponent } = book.record
  return {
    book,
    manifest,
    plan: planOf(config, manifest),
    layout: runLayout(config, flora.species, unitExponent),
    isReducing: false,
    stepOpenedAtMs: null,
    adding: [],
    explodedAtStep: null,
    gathered: new Map(),
    unrecorded: [],
    isInDoubt: false,
    foundSoundAtMs: null,
    features: new Map(),
  }
}

export function planOf(config: RunConfig, { shards }: Manifest): RunPlan {
  const { seed, samplesPerTask, tasksPerStep, epochs, steps } = config
  const shardSizes = shards.train.map(({ samples }) => samples)
  return planRun({ shardSizes, seed, samplesPerTask, tasksPerStep, epochs, steps })
}

/** As the core takes it up. */
export function openRunOf({ book, manifest, plan }: ActiveRun, state: RunState): OpenRun {
  const { id, config, flora, unitExponent } = book.record
  const description: RunDescription = {
    id,
    config,
    flora: flora as RunDescription['flora'],
    unitExponent,
  }
  return {
    description,
    plan,
    trainShards: manifest.shards.train,
    state,
    priority: book.record.settings.priority,
    checkpoint: chainOf(book.checkpoints),
  }
}

export function orderOf(
  { manifest }: ActiveRun,
  { step, split, checkpoint }: PendingEvaluation,
): EvaluationOrder {
  return { step, split, checkpoint, tasks: evaluationTasks(manifest.shards[split as HeldSplit]) }
}

export type Kept = { blobs: BlobStore; optimizerStates: BlobStore; reducer: Reducer }

/** Gives the reducer the run's latest durable checkpoint, whatever it held of the run before. */
export async function openReduction(run: ActiveRun, kept: Kept): Promise<null | Rejection> {
  const { book, plan, layout } = run
  const { id, config, unitExponent, steps } = book.record
  const last = book.checkpoints.at(-1)!
  const weights = await weightsAt(kept.blobs, chainOf(book.checkpoints), layout)
  if (isRejection(weights)) return weights
  let optimizerState: Uint8Array | null = null
  if (last.optimizerState === null && last.step > 0) return noOptimizerState(last.step)
  if (last.optimizerState !== null) {
    optimizerState = await kept.optimizerStates.get(last.optimizerState)
    if (optimizerState === null) return damaged(last.step, last.optimizerState)
  }
  const rejection = await kept.reducer.open({
    runId: id,
    layout: layout.layout,
    config,
    unitExponent,
    stepsPerEpoch: plan.stepsPerEpoch,
    steps,
    weights,
    optimizerState,
    step: last.step,
  })
  run.isReducing = rejection === null
  run.adding = []
  return rejection
}

function noOptimizerState(step: number): Rejection {
  return reject(
    'no-optimizer-state',
    `The optimizer's state of step ${step} was not kept.`,
    'Start the run anew under another name.',
  )
}
