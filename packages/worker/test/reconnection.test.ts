import { expect, test } from 'vitest'
import { longestPauseMs } from '../src/session/reconnection.ts'

test('CN6: a coordinator that starts again is looked for every second or two, for most of a minute; then seldom', () => {
  const pausesMs = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => [
      longestPauseMs(from + n, 0),
      longestPauseMs(from + n, 0.999),
    ])
  for (const [shortest, longest] of pausesMs(0, 30)) {
    expect(shortest).toBe(1000)
    expect(longest).toBeLessThanOrEqual(2000)
  }
  for (const [shortest, longest] of pausesMs(30, 60)) {
    expect(shortest).toBe(10_000)
    expect(longest).toBeLessThanOrEqual(20_000)
  }
})
