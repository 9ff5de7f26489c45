/** OP7: what is evaluated and published of a checkpoint: the average of the weights where the run has one, else they themselves. */
import { averageIn } from '@worldflora/model/optimizer'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { BlobStore } from '../store/blob-store.ts'
import { chainOf, wayOfWhole } from './checkpoint-chain.ts'
import type { RunBook } from './run-book.ts'
import type { RunLayout } from './run-layout.ts'
import { damaged, weightsAt } from './weights-at.ts'

/** null in a run without an average. Bytes of the optimizer state, as a view. */
export function averageOf(
  { record }: RunBook,
  { layout }: RunLayout,
  optimizerState: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | null | Rejection {
  return record.config.optimizer.ema === undefined ? null : averageIn(optimizerState, layout)
}

/** Makes weights a blob; the way to them is the blob itself. */
export async function putWhole(
  blobs: BlobStore,
  step: number,
  weights: Uint8Array<ArrayBuffer>,
): Promise<CheckpointRef> {
  return wayOfWhole({ step, checkpoint: await blobs.put(weights), bytes: weights.byteLength })
}

/** Of the run's latest checkpoint, in canonical form. */
export async function weightsToPublish(
  { blobs, optimizerStates }: { blobs: BlobStore; optimizerStates: BlobStore },
  book: RunBook,
  layout: RunLayout,
): Promise<Uint8Array<ArrayBuffer> | Rejection> {
  const { step, optimizerState } = book.checkpoints.at(-1)!
  // Before the first step there is nothing to average yet.
  if (book.record.config.optimizer.ema !== undefined && optimizerState !== null) {
    const bytes = await optimizerStates.get(optimizerState)
    if (bytes === null) return damaged(step, optimizerState)
    const average = averageOf(book, layout, bytes)
    if (average !== null || isRejection(average)) return average
  }
  return weightsAt(blobs, chainOf(book.checkpoints), layout)
}
