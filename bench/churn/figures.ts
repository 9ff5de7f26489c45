/** The churn's figures, from when its steps became durable. */
import { percentile } from '../runner/percentile.ts'
import type { SeenStep } from './run-watch.ts'

/**
 * Of the steps after `from` up to `to`, in ms each, but for those in `without`. One that was seen together with others has their
 * mean.
 */
export function stepTimesMs(
  steps: readonly SeenStep[],
  from: number,
  to: number,
  without: ReadonlySet<number> = new Set(),
): number[] {
  const times: number[] = []
  for (let n = 1; n < steps.length; n++) {
    const [before, after] = [steps[n - 1]!, steps[n]!]
    if (before.step < from || after.step > to) continue
    const count = after.step - before.step
    for (let i = 1; i <= count; i++) {
      if (!without.has(before.step + i)) times.push((after.atMs - before.atMs) / count)
    }
  }
  return times
}

/** Nearest rank, in whole milliseconds; null of nothing. */
export function percentileMs(values: readonly number[], share: number): number | null {
  return values.length === 0 ? null : Math.round(percentile(values, share))
}

export function imagesPerSecond(stepMs: readonly number[], imagesPerStep: number): number | null {
  const totalMs = stepMs.reduce((sum, ms) => sum + ms, 0)
  return totalMs === 0 ? null : (1000 * imagesPerStep * stepMs.length) / totalMs
}
