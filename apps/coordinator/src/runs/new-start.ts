/** A checkpoint as the first of a fork, or the latest again of a run that is rolled back: whole, with its optimizer state. */
import { carryOptimizerState } from '@worldflora/model/optimizer'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { CheckpointRecord } from '../store/store.ts'
import type { Reachable } from './reachable.ts'
import type { RunBook } from './run-book.ts'
import { runLayout } from './run-layout.ts'
import type { Surroundings } from './surroundings.ts'
import { damaged, weightsAt } from './weights-at.ts'

export type NewStart = {
  record: CheckpointRecord
  /** The optimizer is another one: of its state only the residual was taken over. */
  isFresh: boolean
}

/** Its bytes are durable when this resolves. To be called while nothing is let go of. */
export async function newStartAt(
  at: Surroundings,
  { record: run }: RunBook,
  { step, way, optimizerState }: Reachable,
  config: RunConfig,
): Promise<NewStart | Rejection> {
  const layout = runLayout(run.config, run.flora.species, run.unitExponent)
  const weights = await weightsAt(at.blobs, way, layout)
  if (isRejection(weights)) return weights
  const blob = await at.blobs.put(weights)
  const record: CheckpointRecord = {
    step,
    checkpoint: way.checkpoint,
    base: { blob, bytes: weights.byteLength },
    delta: null,
    optimizerState,
  }
  if (optimizerState === null) return { record, isFresh: false }
  const bytes = await at.optimizerStates.get(optimizerState)
  if (bytes === null) return damaged(step, optimizerState)
  const carried = carryOptimizerState(bytes, layout.layout, {
    from: run.config,
    to: config,
    weights,
  })
  if (isRejection(carried)) return carried
  return {
    record: { ...record, optimizerState: await at.optimizerStates.put(carried.bytes) },
    isFresh: carried.isFresh,
  }
}
