import { describe, expect, it } from 'vitest'
import { explosionLimit, isExploding, LOSSES_JUDGED, lossOfGuessing } from '../../src/runs/loss-explosion.ts'

const GUESSING = Math.log(24)

// Losses of real steps: 240 drawn photos of 24 species, a global batch of 24, the int8 wire, momentum 0.9, no warm-up.
const HOT = [
  3.42, 2.59, 1.89, 1.43, 1.07, 0.83, 0.97, 0.64, 0.43, 0.31, 0.24, 0.17, 0.05, 0.07, 0.07, 0.03, 0.04, 0.05,
  0.02, 0.02, 0.01, 0.09, 0.31, 0.05, 0.07, 0.02, 0.35, 0.01, 0.32, 0.23, 1.79, 0.23, 0.42, 0.81, 1.35, 0.71,
  0.2, 0.1, 0.66, 0.56,
]
const HEALTHY = [
  3.55, 3.59, 3.49, 3.28, 3.27, 3.78, 3.77, 3.47, 3.38, 3.45, 3.13, 3.25, 2.99, 2.81, 2.73, 2.84, 3.1, 3.08,
  2.51, 2.57, 2.58, 2.29, 2.42, 2.41, 2.19, 2.0, 2.08, 1.78, 1.83, 1.86, 1.51, 1.73, 1.7, 1.75, 1.99, 1.53,
  1.71, 2.04, 1.45, 1.26,
]
const BROKEN = [
  3.42, 7.21, 8.05, 6.9, 6.5, 7.16, 14.11, 22.4, 12.91, 7.65, 10.28, 9.36, 15.38, 16.09, 16.9, 13.57, 13.67,
  10.14, 20.41, 12.92,
]
const BROKEN_AT_ONCE = [3.55, 9.77, 6.09, 6.6, 3.58, 3.8, 3.96, 4.05]

/** The position of the first loss at which the run is paused; -1 for none. */
function pausedAt(losses: readonly number[], classes = 24): number {
  return losses.findIndex((loss, i) =>
    isExploding(loss, losses.slice(Math.max(0, i - LOSSES_JUDGED), i), classes),
  )
}

describe('DV2: a loss explosion', () => {
  it('is more than three times what guessing costs, as long as nothing else is known', () => {
    expect(isExploding(3 * GUESSING - 1e-9, [], 24)).toBe(false)
    expect(isExploding(3 * GUESSING + 1e-9, [], 24)).toBe(true)
    expect(isExploding(Number.NaN, [], 24)).toBe(true)
    expect(isExploding(Number.POSITIVE_INFINITY, [1], 24)).toBe(true)
  })

  it('is more than 6 where there are few classes: one hard batch costs as much as that', () => {
    expect(explosionLimit([], 2)).toBe(6)
    expect(explosionLimit([1, 0.1], 7)).toBe(6)
    expect(explosionLimit([], 8)).toBeGreaterThan(6)
  })

  it('a run that falls from guessing to little, with a hard batch now and then, is left alone', () => {
    const healthy = Array.from(
      { length: 400 },
      (_, step) => GUESSING / (1 + step / 40) + (step % 23 === 0 ? 2 : 0),
    )
    expect(pausedAt(healthy)).toBe(-1)
  })

  it.each([
    ['small-cnn, SGD at 1: hot, but it learns', HOT, -1],
    ['mobilenet-v1, SGD at 0.1', HEALTHY, -1],
    ['small-cnn, SGD at 10', BROKEN, 6],
    ['mobilenet-v1, SGD at 5', BROKEN_AT_ONCE, 1],
  ])('measured: %s', (_, losses, step) => {
    expect(pausedAt(losses)).toBe(step)
  })

  it('losses that double, or creep up by a hundredth a step, are caught before they are six times guessing', () => {
    for (const growth of [2, 1.2, 1.01]) {
      const quiet = Array.from({ length: 100 }, () => 1)
      const losses = [...quiet, ...Array.from({ length: 300 }, (_, i) => growth ** (i + 1))]
      const at = pausedAt(losses)
      expect(at).toBeGreaterThan(100)
      expect(losses[at]).toBeLessThan(6 * GUESSING)
    }
  })

  it('DV3: after the operator let one pass, what comes is held against the median of what came since', () => {
    const before = [1, 1, 1]
    expect(isExploding(45, before, 24)).toBe(true)
    expect(explosionLimit([...before, 40], 24)).toBe(3 * 40)
    expect(explosionLimit([...before, 40, 20, 30], 24)).toBe(3 * 30)
    // A second that was let pass, and a limit that comes down with the losses.
    expect(explosionLimit([...before, 40, 500, 300], 24)).toBe(3 * 300)
    expect(explosionLimit([...before, 40, 1, 1, 1], 24)).toBe(3 * lossOfGuessing(24))
  })
})

describe('SD3: the loss of guessing', () => {
  it('is the logarithm of the number of classes, but for rounding', () => {
    for (const classes of [2, 3, 24, 1000, 1023, 1024, 294_000]) {
      expect(lossOfGuessing(classes) / Math.log(classes)).toBeCloseTo(1, 14)
    }
    expect(lossOfGuessing(1)).toBe(Math.LN2)
  })
})
