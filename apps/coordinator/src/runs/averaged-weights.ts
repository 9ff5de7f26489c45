/** OP7: what is evaluated and published of a checkpoint: the average of the weights where the run has one, else they themselves. */
import { averageIn } from '@worldflora/model/optimizer'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { scatter } from '@worldflora/protocol/parameter-layout'
import { phaseBefore } from '@worldflora/protocol/phases'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { BlobStore } from '../store/blob-store.ts'
import { chainOf, wayOfWhole } from './checkpoint-chain.ts'
import type { Reachable } from './reachable.ts'
import type { RunBook } from './run-book.ts'
import { layoutBefore, layoutFrom, phasesOfRun, type RunLayout } from './run-layout.ts'
import { damaged, weightsAt } from './weights-at.ts'

/** null in a phase without an average. `weights`: the checkpoint's, canonical; what the phase does not train is as in them. */
export function averageOf(
  { optimizer }: PhaseConfig,
  { layout, selection }: RunLayout,
  optimizerState: Uint8Array<ArrayBuffer>,
  weights: Uint8Array,
): Uint8Array<ArrayBuffer> | null | Rejection {
  if (optimizer.ema === undefined) return null
  const average = averageIn(optimizerState, layout)
  if (isRejection(average) || selection === null) return average
  const whole = new Float32Array(new Uint8Array(weights).buffer)
  scatter(selection, new Float32Array(new Uint8Array(average).buffer), whole)
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
  const way = reachable?.way ?? chainOf(checkpoints)
  const weights = await weightsAt(blobs, way, layoutFrom(record, way.base.step))
  if (isRejection(weights)) return weights
  const { config } = phaseBefore(phasesOfRun(record), step)
  // Before the first step there is nothing to average yet.
  if (config.optimizer.ema === undefined || optimizerState === null) return weights
  const bytes = await optimizerStates.get(optimizerState)
  if (bytes === null) return damaged(step, optimizerState)
  const average = averageOf(config, layoutBefore(record, step), bytes, weights)
  return average ?? weights
}
