/** What a run can do after each of its phases (PH1): in words as it is measured, and for programs once all is done. */

import type { Evaluation } from '@worldflora/protocol/evaluation'
import { phasesOf } from '@worldflora/protocol/phases'
import type { RunDetail } from '@worldflora/protocol/runs'
import { percent } from './percent.ts'

/** Of the test split; null where it was not measured. */
export type PhaseOutcome = {
  /** 1 for the first. */
  phase: number
  train: 'all' | 'head'
  /** After so many steps of the run the phase is through. */
  step: number
  top1: number | null
  top5: number | null
  observationTop1: number | null
  observationTop5: number | null
}

export function phaseOutcomes({ config, samplesPerEpoch, phaseEvaluations }: RunDetail): PhaseOutcome[] {
  return phasesOf(config, samplesPerEpoch).map(({ index, train, endStep }) => {
    const test = phaseEvaluations.find(({ step, split }) => step === endStep && split === 'test')
    return {
      phase: index + 1,
      train,
      step: endStep,
      top1: test?.top1 ?? null,
      top5: test?.top5 ?? null,
      observationTop1: test?.observations.top1 ?? null,
      observationTop5: test?.observations.top5 ?? null,
    }
  })
}

/** A line for each measure at the end of a phase, by a name of its own; none of a run without `phases`. */
export function phaseEnds({ config, samplesPerEpoch, phaseEvaluations }: RunDetail): Map<string, string> {
  if (config.phases === undefined) return new Map()
  const phases = phasesOf(config, samplesPerEpoch)
  return new Map(
    phases.flatMap(({ index, train, endStep }) =>
      phaseEvaluations
        .filter(({ step }) => step === endStep)
        .map((evaluation) => [
          `${endStep} ${evaluation.split}`,
          `phase ${index + 1} of ${phases.length} (${train}) is through at step ${endStep}, ${measuresOf(evaluation)}`,
        ]),
    ),
  )
}

function measuresOf({ split, top1, top5, observations }: Evaluation): string {
  return (
    `${split} split: top-1 ${percent(top1)}, top-5 ${percent(top5)}; ` +
    `by observation: top-1 ${percent(observations.top1)}, top-5 ${percent(observations.top5)}`
  )
}
