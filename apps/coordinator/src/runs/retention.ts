/**
 * LC1: which checkpoints stay whole, with their optimizer state, so that a run can be forked from them or rolled back to
 * them: the first, the newest few, and the best. All others are compacted into the chain of the latest.
 */
import type { Evaluation, Split } from '@worldflora/protocol/evaluation'
import type { Milestone, PendingEvaluation } from '../store/store.ts'

/** How many epochs are through before and after a step; `isLast`: of its phase. */
export type EpochMoment = { epochBefore: number; epochAfter: number; isLast: boolean }

/** A checkpoint becomes a milestone with each epoch that is evaluated, and at a phase's end. */
export function isMilestone(everyEpochs: number, { epochBefore, epochAfter, isLast }: EpochMoment): boolean {
  return isLast || Math.floor(epochAfter / everyEpochs) > Math.floor(epochBefore / everyEpochs)
}

export type Reason = 'start' | 'newest' | 'best' | 'measuring'

/** Why each milestone stays; none: it goes. */
export function reasonsToKeep(
  milestones: readonly Milestone[],
  measured: { evaluations: readonly Evaluation[]; pending: readonly PendingEvaluation[] },
  { watched, newestKept }: { watched: Split; newestKept: number },
): Map<number, Reason[]> {
  const steps = milestones.map(({ step }) => step)
  const newest = new Set(newestKept === 0 ? [] : steps.slice(1).slice(-newestKept))
  const best = bestStep(steps, measured.evaluations, watched)
  // Nobody knows yet whether it is the best.
  const measuring = new Set(measured.pending.filter(({ split }) => split === watched).map(({ step }) => step))
  return new Map(
    steps.map((step, place) => [
      step,
      [
        ...(place === 0 ? ['start' as const] : []),
        ...(newest.has(step) ? ['newest' as const] : []),
        ...(step === best ? ['best' as const] : []),
        ...(measuring.has(step) ? ['measuring' as const] : []),
      ],
    ]),
  )
}

/** Of equals the earliest. */
function bestStep(
  steps: readonly number[],
  evaluations: readonly Evaluation[],
  watched: Split,
): number | null {
  let best: Evaluation | null = null
  for (const evaluation of evaluations) {
    if (evaluation.split !== watched || !steps.includes(evaluation.step)) continue
    if (best === null || evaluation.top1 > best.top1) best = evaluation
  }
  return best?.step ?? null
}
