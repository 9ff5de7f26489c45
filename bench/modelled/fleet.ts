/** How fast the workers of a fleet are. Whatever the fleet, their rates add up to the same: so many times the mean one. */

export const FLEETS = ['even', 'pareto', 'churn'] as const
export type Fleet = (typeof FLEETS)[number]

/** Of slowness, the time an image takes: the slowest of 128 is 16 times as slow as the fastest, half are up to 1.4 times. */
const PARETO_SHAPE = 2

/**
 * Images per second of each worker. `pareto`: slowness is Pareto distributed (shape 2), at its quantiles (n + 1/2) / count, so
 * that no draw is luckier than another.
 */
export function ratesOf(fleet: Fleet, count: number, meanImagesPerSecond: number): number[] {
  if (fleet !== 'pareto') return Array.from({ length: count }, () => meanImagesPerSecond)
  const rates = Array.from({ length: count }, (_, n) => (1 - (n + 0.5) / count) ** (1 / PARETO_SHAPE))
  const sum = rates.reduce((total, rate) => total + rate, 0)
  return rates.map((rate) => (rate * count * meanImagesPerSecond) / sum)
}
