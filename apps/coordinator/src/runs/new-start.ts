/** A checkpoint as the first of a fork, or the latest again of a run that is rolled back: whole, with its optimizer state. */
import { carryOptimizerState } from '@worldflora/model/optimizer'
import { gather } from '@worldflora/protocol/parameter-layout'
import { type PhaseOfRun, phaseBefore } from '@worldflora/protocol/phases'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { CheckpointRecord } from '../store/store.ts'
import type { Reachable } from './reachable.ts'
import type { RunBook } from './run-book.ts'
import { layoutOfPhase, phasesOfRun } from './run-layout.ts'
import type { Surroundings } from './surroundings.ts'
import { damaged, weightsOfRun } from './weights-at.ts'

export type NewStart = {
  record: CheckpointRecord
  /** The optimizer is another one: of its state only the residual was taken over. */
  isFresh: boolean
}

/**
 * `to`: the phase that goes on from here. Its bytes are durable when this resolves. To be called while nothing is let go of.
 */
export async function newStartAt(
  at: Surroundings,
  { record: run }: RunBook,
  { step, way, optimizerState }: Reachable,
  to: PhaseOfRun,
): Promise<NewStart | Rejection> {
  const weights = await weightsOfRun(at.blobs, run, way)
  if (isRejection(weights)) return weights
  const from = phaseBefore(phasesOfRun(run), step)
  const blob = await at.blobs.put(weights)
  const record: CheckpointRecord = {
    step,
    checkpoint: way.checkpoint,
    base: { blob, bytes: weights.byteLength },
    delta: null,
    optimizerState,
  }
  if (optimizerState === null) return { record, isFresh: false }
  // A state of another part of the network means nothing to this one.
  if (from.train !== to.train) return { record: { ...record, optimizerState: null }, isFresh: true }
  const bytes = await at.optimizerStates.get(optimizerState)
  if (bytes === null) return damaged(step, optimizerState)
  const { layout, selection } = layoutOfPhase(run, from)
  const values = new Float32Array(weights.buffer)
  const trained = selection === null ? values : gather(selection, values)
  const carried = carryOptimizerState(bytes, layout, { from: from.config, to: to.config, weights: trained })
  if (isRejection(carried)) return carried
  return {
    record: { ...record, optimizerState: await at.optimizerStates.put(carried.bytes) },
    isFresh: carried.isFresh,
  }
}
