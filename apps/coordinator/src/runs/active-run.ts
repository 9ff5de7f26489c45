/** A run that tasks are given out of: what its steps and evaluations need, made once when it is taken up. */

import type { RunPlan } from '@worldflora/dataset/epoch-plan'
import type { Manifest } from '@worldflora/dataset/manifest'
import { onFeatures, planPhase } from '@worldflora/dataset/phase-plan'
import type { PhotoWeight } from '@worldflora/dataset/sampling'
import type { EvaluateResult, Evaluation } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import type { RunDescription } from '@worldflora/protocol/messages'
import { type PhaseOfRun, phaseAt } from '@worldflora/protocol/phases'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunState } from '@worldflora/protocol/runs'
import type { EvaluationOrder, OpenRun } from '../core/events.ts'
import type { Reducer } from '../reduction/reducer.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { BlobRef, PendingEvaluation } from '../store/store.ts'
import { chainOf } from './checkpoint-chain.ts'
import { evaluationTasks, type HeldSplit } from './evaluation-plan.ts'
import { featuresFor, photosPerPart } from './phase-features.ts'
import type { RunBook } from './run-book.ts'
import { layoutOfPhase, phasesOfRun, type RunLayout } from './run-layout.ts'
import { damaged, weightsOfRun } from './weights-at.ts'

export type ActiveRun = {
  book: RunBook
  manifest: Manifest
  /** What its next steps are of. */
  phase: PhaseOfRun
  /** Of the phase. */
  plan: RunPlan
  /** What the plan's entries are in; null: features that are still to be extracted (PH2). */
  shards: readonly { hash: Hash; bytes: number }[] | null
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

export function activeRun(book: RunBook, manifest: Manifest, weightOf?: PhotoWeight): ActiveRun {
  const phase = phaseAt(phasesOfRun(book.record), book.checkpoints.at(-1)!.step)
  return {
    book,
    manifest,
    phase,
    ...materialOf(book, manifest, phase, weightOf),
    layout: layoutOfPhase(book.record, phase),
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

function materialOf(
  book: RunBook,
  { shards }: Manifest,
  phase: PhaseOfRun,
  weightOf: PhotoWeight | undefined,
): Pick<ActiveRun, 'plan' | 'shards'> {
  const shardSizes = shards.train.map(({ samples }) => samples)
  const plan = planPhase(phase, { shardSizes, weightOf })
  if (phase.train === 'all') return { plan, shards: shards.train }
  const parts = featuresFor(book, phase)?.result?.parts
  const { views } = phase
  const samplesPerPart = photosPerPart(book.record, views)
  return {
    plan: onFeatures(plan, { shardSizes, samplesPerPart, views }),
    shards: parts?.map(({ blob, bytes }) => ({ hash: blob, bytes })) ?? null,
  }
}

/** As the core takes it up. */
export function openRunOf({ book, manifest, phase, plan, shards }: ActiveRun, state: RunState): OpenRun {
  const { id, flora, unitExponent } = book.record
  const needsCounts = phase.config.logitAdjustment !== undefined
  const description: RunDescription = {
    id,
    config: phase.config,
    train: phase.train,
    flora: {
      ...(flora as RunDescription['flora']),
      ...(needsCounts && { trainCounts: manifest.trainLabels!.counts }),
    },
    unitExponent,
  }
  return {
    description,
    plan,
    trainShards: shards,
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
  const { book, phase, layout } = run
  const { id, unitExponent } = book.record
  const last = book.checkpoints.at(-1)!
  const weights = await weightsOfRun(kept.blobs, book.record, chainOf(book.checkpoints))
  if (isRejection(weights)) return weights
  let optimizerState: Uint8Array | null = null
  // A phase begins with an optimizer of its own; the first of a fork may go on with another run's.
  const begins = last.step === phase.firstStep
  if (last.optimizerState === null && !begins) return noOptimizerState(last.step)
  if (last.optimizerState !== null && !(begins && phase.index > 0)) {
    optimizerState = await kept.optimizerStates.get(last.optimizerState)
    if (optimizerState === null) return damaged(last.step, last.optimizerState)
  }
  const rejection = await kept.reducer.open({
    runId: id,
    layout: layout.layout,
    selection: layout.selection,
    config: phase.config,
    unitExponent,
    stepsPerEpoch: phase.stepsPerEpoch,
    firstStep: phase.firstStep,
    endStep: phase.endStep,
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
