/** Where the time of the measured steps went: before the first task of a worker, in the tail, after the last task. */
import type { Driven } from './driven-run.ts'

export function describeLosses({ startedMs, stepEndsMs, computed, lagsMs }: Driven, workers: number): string {
  const begins = [startedMs, ...stepEndsMs]
  const opening: number[] = []
  const closing: number[] = []
  const between: number[] = []
  const tail: number[] = []
  let wasted = 0
  for (const [n, endMs] of stepEndsMs.entries()) {
    const beginMs = begins[n]!
    const own = computed.filter((task) => task.startedMs >= beginMs && task.startedMs < endMs)
    wasted += own.length - new Set(own.map(({ task }) => task)).size
    const byWorker = new Map<number, typeof own>()
    for (const task of own) byWorker.set(task.worker, [...(byWorker.get(task.worker) ?? []), task])
    const lastMs = Math.max(...own.map(({ endedMs }) => endedMs))
    closing.push(endMs - lastMs)
    for (const tasks of byWorker.values()) {
      tasks.sort((a, b) => a.startedMs - b.startedMs)
      opening.push(tasks[0]!.startedMs - beginMs)
      tail.push(lastMs - tasks.at(-1)!.endedMs)
      for (let i = 1; i < tasks.length; i++) between.push(tasks[i]!.startedMs - tasks[i - 1]!.endedMs)
    }
  }
  const steps = stepEndsMs.length
  const perStep = between.reduce((sum, ms) => sum + ms, 0) / (steps * workers)
  return [
    `of a step of ${((stepEndsMs.at(-1)! - startedMs) / steps).toFixed(0)} ms:`,
    `from a step’s first lease to each worker’s first task ${quantiles(opening)},`,
    `between its tasks ${perStep.toFixed(0)} in all,`,
    `waiting for the last task of all ${quantiles(tail)},`,
    `last task to the next step’s first lease ${quantiles(closing)} ms (p50/p90/max);`,
    `${(wasted / steps).toFixed(1)} tasks twice; the workers' lag p99 ${quantile(lagsMs, 0.99).toFixed(0)} ms`,
  ].join(' ')
}

function quantiles(values: number[]): string {
  return [0.5, 0.9, 1].map((part) => quantile(values, part).toFixed(0)).join('/')
}

function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}
