/** A run's state in one sentence, for a volunteer or an operator. */
import type { RunStatus } from '@worldflora/protocol/runs'
import { count, counted, percent, rate, timeOfDay } from './amounts.ts'

export function runSentence(run: RunStatus, workers: number, nowMs: number): string {
  switch (run.state) {
    case 'running':
      return `${[`Step ${count(run.step)} of ${count(run.steps)}`, ...phase(run), ...pace(run, workers, nowMs)].join(', ')}.`
    case 'paused':
      return `Paused at step ${count(run.step)} of ${count(run.steps)}${run.reason ? `: ${withStop(run.reason)}` : '.'}`
    case 'stopped':
      return `Stopped at step ${count(run.step)} of ${count(run.steps)}.`
    case 'finished':
      return `Finished after ${counted(run.steps, 'step')}${outcome(run)}.`
  }
}

/** Of a run with several. */
function phase({ phase }: RunStatus): string[] {
  if (phase === undefined) return []
  const part = phase.train === 'head' ? 'the head' : 'all of the network'
  const doing = phase.extracting ? 'extracting features for the head' : `training ${part}`
  return [`phase ${phase.number} of ${phase.of}: ${doing}`]
}

function pace(run: RunStatus, workers: number, nowMs: number): string[] {
  const words = [workers === 0 ? 'no workers now' : counted(workers, 'worker')]
  if (run.imagesPerSecond > 0 && workers > 0) words.push(rate(run.imagesPerSecond, 'images'))
  const endMs = expectedEndMs(run, nowMs)
  if (endMs !== null && workers > 0) words.push(`done at about ${timeOfDay(endMs, nowMs)}`)
  return words
}

/** A reason as a sentence of its own. */
export function sentenceOf(reason: string): string {
  const words = withStop(reason.trim())
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function withStop(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}

/** null while no pace is known. */
export function expectedEndMs(run: RunStatus, nowMs: number): number | null {
  if (run.stepsPerSecond <= 0) return null
  return nowMs + ((run.steps - run.step) / run.stepsPerSecond) * 1000
}

function outcome({ evaluation, measured }: RunStatus): string {
  if (evaluation === null) return measured ? '' : '; it is being measured'
  return `; it names ${percent(evaluation.top1)} of held-back photos right`
}
