/** PH2: the features that a phase trains the head on: of the train split, at a checkpoint of the phase. */

import type { Split } from '@worldflora/protocol/evaluation'
import { type PhaseOfRun, phaseAt } from '@worldflora/protocol/phases'
import type { FeaturesRecord, RunRecord } from '../store/store.ts'
import type { RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'

/** A split of twelve million photos is fewer than 2^16 tasks. */
export const PHOTOS_PER_PART = 256

/** Ordered or there; what the head sees is the same at each of the phase's checkpoints, for nothing else of the network changes. */
export function featuresFor(
  { features }: Pick<RunBook, 'features'>,
  phase: PhaseOfRun,
): FeaturesRecord | undefined {
  return features.find(
    ({ step, split }) => split === 'train' && step >= phase.firstStep && step < phase.endStep,
  )
}

/** How, and of how many views of each photo, features of a split at a checkpoint are extracted. */
export function viewsOf(run: RunRecord, { step, split }: { step: number; split: Split }): number {
  const phase = phaseAt(phasesOfRun(run), step)
  return phase.train === 'head' && split === 'train' ? phase.views : 1
}
