/** A run's phases: how far each is, how it trains, and what came of it. */

import type { Evaluation } from '@worldflora/protocol/evaluation'
import { type PhaseOfRun, phasesOf } from '@worldflora/protocol/phases'
import type { RunDetail, RunStatus } from '@worldflora/protocol/runs'
import { count, counted, percent } from '../words/amounts.ts'
import { noiseWords, type Words } from './recipe-words.ts'
import { trainingWords } from './training-words.ts'

export type PhaseCard = {
  title: string
  /** Of its steps. */
  done: number
  total: number
  state: 'through' | 'under-way' | 'to-come'
  progress: string
  facts: Words[]
}

export function phaseCards(
  { config, samplesPerEpoch, phaseEvaluations }: RunDetail,
  run: RunStatus,
): PhaseCard[] {
  const phases = phasesOf(config, samplesPerEpoch)
  return phases.map((phase) => {
    const total = phase.endStep - phase.firstStep
    const done = Math.min(Math.max(run.step - phase.firstStep, 0), total)
    const state = done === total ? 'through' : run.step >= phase.firstStep ? 'under-way' : 'to-come'
    const measured = phaseEvaluations.filter(({ step }) => step === phase.endStep)
    return {
      title: titleOf(phase, phases.length),
      done,
      total,
      state,
      progress: progressOf(phase, run, { done, total, state }),
      facts: [
        ...trainingWords(phase),
        ...noiseWords(config.phases?.[phase.index]?.noise),
        ...outcomeWords(measured),
      ],
    }
  })
}

function titleOf({ index, train }: PhaseOfRun, of: number): string {
  const part = train === 'head' ? 'The head' : 'All of the network'
  return of === 1 ? part : `${index + 1}. ${part}`
}

function progressOf(
  { index }: PhaseOfRun,
  { state: runState, phase }: RunStatus,
  { done, total, state }: Pick<PhaseCard, 'done' | 'total' | 'state'>,
): string {
  if (state === 'through') return 'Done'
  if (state === 'to-come') return 'To come'
  const steps = `${count(done)} of ${counted(total, 'step')}`
  if (runState !== 'running') return `${runState === 'paused' ? 'Paused' : 'Stopped'} after ${steps}`
  const extracts = phase?.extracting && phase.number === index + 1
  return extracts ? 'Under way: features are extracted first' : `Under way: ${steps}`
}

/** On the validation split, where the flora has one. */
function outcomeWords(measured: readonly Evaluation[]): Words[] {
  const evaluation = measured.find(({ split }) => split === 'val') ?? measured.at(-1)
  if (evaluation === undefined) return []
  const { top1, top5, observations, split } = evaluation
  const on = split === 'val' ? '' : ' on the test split'
  return [
    { name: 'Came to', words: `${percent(top1)} right${on}, ${percent(top5)} among the first five` },
    {
      name: 'By observation',
      words: `${percent(observations.top1)} right, ${percent(observations.top5)} among the first five`,
    },
  ]
}
