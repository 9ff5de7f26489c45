/** OP7: what is evaluated and published of a checkpoint: the average of the weights where the run has one, else they themselves. */
import { averageIn } from '@worldflora/model/optimizer'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { type Selection, scatter } from '@worldflora/protocol/parameter-layout'
import { phaseBefore } from '@worldflora/protocol/phases'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { BlobStore } from '../store/blob-store.ts'
import { chainOf, wayOfWhole } from './checkpoint-chain.ts'
import type { Reachable } from './reachable.ts'
import type { RunBook } from './run-book.ts'
import { layoutBefore, phasesOfRun, type RunLayout } from './run-layout.ts'
import { damaged, weightsOfRun } from './weights-at.ts'

/** null in a phase without an average. `weights`: the checkpoint's, canonical; what the phase does not train is as in them. */
export function averageOf(
  { optimizer }: PhaseConfig,
  { layout, selection }: RunLayout,
  optimizerState: Uint8Array<ArrayBuffer>,
  weights: Uint8Array,
): Uint8Array<ArrayBuffer> | null | Rejection {
  if (optimizer.ema === undefined) return null
  const average = averageIn(optimizerState, layout)
  return isRejection(average) || selection === null ? average : within(weights, selection, average)
}

/** The weights with a part of them in its place; all in canonical form. */
function within(weights: Uint8Array, selection: Selection, part: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Float32Array(new Uint8Array(weights).buffer)
  scatter(selection, new Float32Array(new Uint8Array(part).buffer), whole)
  return encodeWeights(whole)
}

/** Makes weights a blob; the way to them is the blob itself. */
export async function putWhole(
  blobs: BlobStore,
  step: number,
  weights: Uint8Array<ArrayBuffer>,
): Promise<CheckpointRef> {
  return wayOfWhole({ step, checkpoint: await blobs.put(weights), bytes: weights.byteLength })
}

/** Of the run's latest checkpoint, or of another that can be reached; in canonical form. */
export async function weightsToPublish(
  { blobs, optimizerStates }: { blobs: BlobStore; optimizerStates: BlobStore },
  { record, checkpoints }: RunBook,
  reachable?: Reachable,
): Promise<Uint8Array<ArrayBuffer> | Rejection> {
  const { step, optimizerState } = reachable ?? checkpoints.at(-1)!
  const readWeights = () => weightsOfRun(blobs, record, reachable?.way ?? chainOf(checkpoints))
  const { config } = phaseBefore(phasesOfRun(record), step)
  // Before the first step there is nothing to average yet.
  if (config.optimizer.ema === undefined || optimizerState === null) return readWeights()
  const bytes = await optimizerStates.get(optimizerState)
  if (bytes === null) return damaged(step, optimizerState)
  const { layout, selection } = layoutBefore(record, step)
  const average = averageIn(bytes, layout)
  if (isRejection(average) || selection === null) return average
  const weights = await readWeights()
  return isRejection(weights) ? weights : within(weights, selection, average)
}
