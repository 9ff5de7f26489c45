/** How many tasks of the step in flight are mine, and which is in my hands. */
import type { Activity } from '@worldflora/worker/browser'

export type OwnShare = { step: number; accepted: number; stepsContributed: number }

export const NO_SHARE: OwnShare = { step: -1, accepted: 0, stepsContributed: 0 }

/** Counts a contribution for the step whose task was in work when it was delivered. */
export function shareAfter(before: OwnShare, activity: Activity): OwnShare {
  const step = activity.task?.kind === 'gradient' ? activity.task.step : before.step
  const delivered = Math.max(0, activity.stepsContributed - before.stepsContributed)
  if (step === before.step && delivered === 0) return before
  const carried = step === before.step ? before.accepted : 0
  return { step, accepted: carried + delivered, stepsContributed: activity.stepsContributed }
}
