/** What is drawn of a run's history: each step's own value pale, their moving mean strong, measurements as points. */
import type { RunHistory } from '@worldflora/protocol/runs'
import { count, percent } from '../words/amounts.ts'
import type { CurveShape } from './curve-shape.ts'

/** A step's weight in the moving mean; the first few share it evenly. */
const NEWEST_WEIGHT = 0.1

export function lossCurve(history: RunHistory | null): CurveShape {
  const steps = history?.steps ?? []
  const losses = steps.map(({ loss }) => loss)
  const means = movingMean(losses)
  const first = losses[0]
  const last = means.at(-1)
  return {
    title: 'Loss',
    summary:
      first === undefined || last === undefined
        ? 'No step is through yet.'
        : `From ${first.toFixed(2)} to ${last.toFixed(2)} at step ${count(steps.at(-1)!.step)}.${backWords(history)}`,
    marks: marksOf(history),
    unit: 'plain',
    across: 'step',
    at: steps.map(({ step }) => step),
    series: [
      { name: 'each step', look: 'pale', values: losses },
      { name: 'moving mean', look: 'strong', values: means },
    ],
  }
}

export function accuracyCurve(history: RunHistory | null): CurveShape {
  const evaluations = (history?.evaluations ?? []).toSorted((a, b) => a.step - b.step)
  const trained = new Map(history?.steps.map(({ step, accuracy }) => [step, accuracy]))
  const measured = new Map(evaluations.map((evaluation) => [evaluation.step, evaluation]))
  const steps = [...new Set([...trained.keys(), ...measured.keys()])].sort((a, b) => a - b)
  const last = evaluations.at(-1)
  return {
    title: 'Accuracy',
    summary:
      last === undefined
        ? 'Not measured yet.'
        : `${percent(last.top1)} of held-back photos at step ${count(last.step)}.`,
    marks: marksOf(history),
    unit: 'share',
    across: 'step',
    at: steps,
    series: [
      { name: 'training', look: 'pale', values: steps.map((step) => trained.get(step) ?? null) },
      {
        name: 'held-back photos',
        look: 'points',
        values: steps.map((step) => measured.get(step)?.top1 ?? null),
      },
      {
        name: 'held-back plants',
        look: 'rings',
        values: steps.map((step) => measured.get(step)?.observations.top1 ?? null),
      },
    ],
  }
}

function marksOf(history: RunHistory | null): number[] {
  return [...new Set(history?.rollbacks.map(({ to }) => to))]
}

function backWords(history: RunHistory | null): string {
  const last = history?.rollbacks.at(-1)
  return last === undefined ? '' : ` It was taken back from step ${count(last.from)} to ${count(last.to)}.`
}

/** Of all values at first, exponential later. */
export function movingMean(values: readonly number[]): number[] {
  let mean = 0
  return values.map((value, i) => {
    mean += Math.max(NEWEST_WEIGHT, 1 / (i + 1)) * (value - mean)
    return mean
  })
}
