/** Numbers and states as people read them. */
import type { RunStatus } from '@worldflora/protocol/messages'

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}

export function count(value: number): string {
  return value.toLocaleString('en')
}

export function rate(perSecond: number): string {
  return perSecond >= 100 ? count(Math.round(perSecond)) : perSecond.toFixed(1)
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

/** "Step 412 of 1,200, 1,910 images/s, about 3 minutes left." */
export function runSentence(run: RunStatus, workers: number): string {
  const step = `Step ${count(run.step)} of ${count(run.steps)}`
  if (run.state === 'paused') return `${step}, paused: ${run.reason ?? 'by its operator'}.`
  if (run.state === 'finished')
    return `All ${count(run.steps)} steps are through${run.measured ? '' : ', the result is being measured'}.`
  if (run.state === 'stopped') return `${step}, stopped by its operator.`
  const crew = `${count(workers)} ${workers === 1 ? 'worker' : 'workers'}`
  if (run.stepsPerSecond === 0) return `${step}, ${crew}.`
  return `${step}, ${crew}, ${rate(run.imagesPerSecond)} images/s, ${timeLeft((run.steps - run.step) / run.stepsPerSecond)} left.`
}

function timeLeft(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} seconds`
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} minutes`
  return `about ${Math.round(seconds / 3600)} hours`
}
