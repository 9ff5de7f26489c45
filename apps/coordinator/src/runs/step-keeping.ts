/**
 * CK1: a step's bytes are durable first, then its row, and only then anybody is told. A kill between any two of these leaves
 * the run at its last row; bytes without a row are swept away at the next start.
 */

import type { Hash } from '@worldflora/protocol/ids'
import type { ReducedStep } from '../reduction/reducer.ts'
import type { BlobStore } from '../store/blob-store.ts'
import { StorageFault } from '../store/storage-fault.ts'
import type {
  BlobRef,
  CheckpointRecord,
  Milestone,
  PendingEvaluation,
  StepRecord,
  Store,
} from '../store/store.ts'
import { putWhole } from './averaged-weights.ts'
import { chainOf, isBaseDue } from './checkpoint-chain.ts'
import type { HeldSplit } from './evaluation-plan.ts'
import { reasonsToKeep } from './retention.ts'
import type { RunBook } from './run-book.ts'

export type Keeping = { store: Store; blobs: BlobStore; optimizerStates: BlobStore }

/** States of earlier steps are of no use; the one before the last is kept against a damaged disk. */
const OPTIMIZER_STATES_KEPT = 2

export type StepToKeep = {
  reduced: ReducedStep
  /** OP7: what the evaluations are of; null: the weights themselves. */
  average: Uint8Array<ArrayBuffer> | null
  record: StepRecord
  evaluations: HeldSplit[]
  isMilestone: boolean
  /** Another phase follows (PH1): the checkpoint is whole, and no delta leads to it. */
  endsPhase: boolean
  finished: boolean
}

export type KeptStep = {
  checkpoint: CheckpointRecord
  evaluations: PendingEvaluation[]
  milestone: Milestone | null
}

/** Resolves with what has become durable; does not touch the book. */
export async function keepStep(
  { store, blobs, optimizerStates }: Keeping,
  { record: run, checkpoints }: RunBook,
  { reduced, average, record, evaluations, isMilestone, endsPhase, finished }: StepToKeep,
): Promise<KeptStep> {
  const bytes = reduced.weights.byteLength
  const [delta, optimizerState] = await Promise.all([
    endsPhase ? null : putRef(blobs, reduced.delta),
    optimizerStates.put(reduced.optimizerState),
  ])
  const isBase = delta === null || isBaseDue(checkpoints, delta)
  if (isBase || isMilestone) await blobs.put(reduced.weights)
  const checkpoint: CheckpointRecord = {
    step: record.step,
    checkpoint: reduced.checkpoint,
    base: isBase ? { blob: reduced.checkpoint, bytes } : null,
    delta,
    optimizerState,
  }
  const milestone = isMilestone
    ? { step: record.step, checkpoint: reduced.checkpoint, bytes, optimizerState }
    : null
  const measured =
    average === null || evaluations.length === 0
      ? chainOf([...checkpoints, checkpoint])
      : await putWhole(blobs, record.step, average)
  const due = evaluations.map((split) => ({ step: record.step, split, checkpoint: measured }))
  await store.recordStep({ runId: run.id, record, checkpoint, evaluations: due, milestone, finished })
  return { checkpoint, evaluations: due, milestone }
}

async function putRef(blobs: BlobStore, bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef> {
  // Its buffer may be given away.
  const length = bytes.byteLength
  return { blob: await blobs.put(bytes), bytes: length }
}

/** Lets go of checkpoints and states that nobody needs any more; returns those that stay. */
export async function forgetOldSteps(
  { store, blobs, optimizerStates }: Keeping,
  { record, checkpoints }: RunBook,
): Promise<CheckpointRecord[]> {
  const last = checkpoints.at(-1)!
  // The chain of the step before stays: workers are still on it.
  const before = checkpoints.length > 1 ? chainOf(checkpoints.slice(0, -1)) : chainOf(checkpoints)
  const firstKept = Math.min(before.base.step, chainOf(checkpoints).base.step)
  const firstState = last.step - OPTIMIZER_STATES_KEPT + 1
  const gone = checkpoints.filter(({ step }) => step < firstKept)
  const goneStates = checkpoints.filter(
    ({ step, optimizerState }) => step < firstState && optimizerState !== null,
  )
  if (gone.length === 0 && goneStates.length === 0) return checkpoints
  await store.forgetCheckpoints(record.id, firstKept, firstState)
  await forgetBlobs(
    { store, blobs },
    gone.flatMap(({ base, delta }) => [base, delta]),
  )
  await forgetStates({ store, optimizerStates }, goneStates)
  return checkpoints
    .filter(({ step }) => step >= firstKept)
    .map((kept) => (kept.step < firstState ? { ...kept, optimizerState: null } : kept))
}

/** LC1: lets go of the milestones that nothing speaks for; returns those that stay. */
export async function forgetMilestones(
  { store, blobs, optimizerStates }: Keeping,
  { record, milestones, evaluations, pending }: RunBook,
  watched: HeldSplit,
): Promise<Milestone[]> {
  const { newestKept } = record.settings
  const reasons = reasonsToKeep(milestones, { evaluations, pending }, { watched, newestKept })
  const gone = milestones.filter(({ step }) => reasons.get(step)!.length === 0)
  if (gone.length === 0) return milestones
  await store.forgetMilestones(
    record.id,
    gone.map(({ step }) => step),
  )
  await forgetBlobs(
    { store, blobs },
    gone.map(({ checkpoint, bytes }) => ({ blob: checkpoint, bytes })),
  )
  await forgetStates({ store, optimizerStates }, gone)
  return milestones.filter((milestone) => !gone.includes(milestone))
}

/** A state that another checkpoint, of this run or another, needs stays. */
export async function forgetStates(
  { store, optimizerStates }: Pick<Keeping, 'store' | 'optimizerStates'>,
  candidates: readonly { optimizerState: Hash | null }[],
): Promise<void> {
  if (candidates.length === 0) return
  const used = await store.optimizerStatesInUse()
  for (const { optimizerState } of candidates) {
    if (optimizerState !== null && !used.has(optimizerState)) await optimizerStates.delete(optimizerState)
  }
}

/** A blob that another run, an evaluation or a model needs stays. */
export async function forgetBlobs(
  { store, blobs }: Pick<Keeping, 'store' | 'blobs'>,
  candidates: (BlobRef | null)[],
): Promise<void> {
  if (candidates.length === 0) return
  const used = await store.blobsInUse()
  for (const ref of candidates) if (ref !== null && !used.has(ref.blob)) await blobs.delete(ref.blob)
}

/** What could not be forgotten now goes with a later step, or is swept away at the next start. */
export function leaveToSweep(error: unknown): null {
  if (error instanceof StorageFault) return null
  throw error
}
