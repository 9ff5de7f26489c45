/** PH2: the features that a phase trains the head on: of the train split, at a checkpoint of the phase. */

import type { Split } from '@worldflora/protocol/evaluation'
import { type PhaseOfRun, phaseAt } from '@worldflora/protocol/phases'
import type { FeaturesRecord, RunRecord } from '../store/store.ts'
import type { RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'

/** Of a run that is opened now. Two and a half minutes for a ResNet-50 on a processor: that much is lost with a tab that closes. */
export const IMAGES_PER_PART = 512
/** A split of twelve million photos is fewer than 2^16 parts of one view. */
const PHOTOS_PER_PART_MAX = 256

export function photosPerPart({ imagesPerPart }: Pick<RunRecord, 'imagesPerPart'>, views: number): number {
  return Math.max(1, Math.min(PHOTOS_PER_PART_MAX, Math.floor(imagesPerPart / views)))
}

/** Ordered or there; what the head sees is the same at each of the phase's checkpoints, for nothing else of the network changes. */
export function featuresFor(
  { features }: Pick<RunBook, 'features'>,
  phase: PhaseOfRun,
): FeaturesRecord | undefined {
  return features.find(
    ({ step, split }) => split === 'train' && step >= phase.firstStep && step < phase.endStep,
  )
}

/** Of how many views of each photo features of a split at a checkpoint are. */
export function viewsOf(run: RunRecord, { step, split }: { step: number; split: Split }): number {
  const phase = phaseAt(phasesOfRun(run), step)
  return phase.train === 'head' && split === 'train' ? phase.views : 1
}
