/**
 * CK1: a step's bytes are durable first, then its row, and only then anybody is told. A kill between any two of these leaves
 * the run at its last row; bytes without a row are swept away at the next start.
 */
import type { ReducedStep } from '../reduction/reducer.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { BlobRef, CheckpointRecord, PendingEvaluation, StepRecord, Store } from '../store/store.ts'
import { chainOf, isBaseDue } from './checkpoint-chain.ts'
import type { HeldSplit } from './evaluation-plan.ts'
import type { RunBook } from './run-book.ts'

export type Keeping = { store: Store; blobs: BlobStore; optimizerStates: BlobStore }

/** States of earlier steps are of no use; the one before the last is kept against a damaged disk. */
const OPTIMIZER_STATES_KEPT = 2

export type StepToKeep = {
  reduced: ReducedStep
  record: StepRecord
  evaluations: HeldSplit[]
  finished: boolean
}

/** Resolves with what has become durable; does not touch the book. */
export async function keepStep(
  { store, blobs, optimizerStates }: Keeping,
  { record: run, checkpoints }: RunBook,
  { reduced, record, evaluations, finished }: StepToKeep,
): Promise<{ checkpoint: CheckpointRecord; evaluations: PendingEvaluation[] }> {
  const deltaBytes = reduced.delta.byteLength
  const [delta, optimizerState] = await Promise.all([
    blobs.put(reduced.delta),
    optimizerStates.put(reduced.optimizerState),
  ])
  const deltaRef = { blob: delta, bytes: deltaBytes }
  const isBase = isBaseDue(checkpoints, deltaRef)
  const checkpoint: CheckpointRecord = {
    step: record.step,
    checkpoint: reduced.checkpoint,
    base: isBase ? { blob: await blobs.put(reduced.weights), bytes: reduced.weights.byteLength } : null,
    delta: deltaRef,
    optimizerState,
  }
  const chain = chainOf([...checkpoints, checkpoint])
  const due = evaluations.map((split) => ({ step: record.step, split, checkpoint: chain }))
  await store.recordStep({ runId: run.id, record, checkpoint, evaluations: due, finished })
  return { checkpoint, evaluations: due }
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
  const usedStates = await store.optimizerStatesInUse()
  for (const { optimizerState } of goneStates) {
    if (!usedStates.has(optimizerState!)) await optimizerStates.delete(optimizerState!)
  }
  return checkpoints
    .filter(({ step }) => step >= firstKept)
    .map((kept) => (kept.step < firstState ? { ...kept, optimizerState: null } : kept))
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
