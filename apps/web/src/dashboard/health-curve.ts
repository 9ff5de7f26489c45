/** How late the coordinator's event loop was, window by window, as a curve until now. */
import type { Health } from '@worldflora/protocol/operator'
import { duration, milliseconds } from '../words/amounts.ts'
import type { CurveShape } from './curve-shape.ts'

/** A window that has just been opened has too few turns to say anything. */
const TELLING_MS = 1000

export function delayCurve(health: Health | null): CurveShape {
  const windows = (health?.loop ?? []).filter(({ forMs }) => forMs >= TELLING_MS).toReversed()
  const ends = minutesUntilEnds(windows)
  return {
    title: 'Delay',
    summary: summaryOf(windows),
    unit: 'ms',
    across: 'time',
    marks: [],
    at: ends,
    series: [
      { name: 'half are below', look: 'pale', values: windows.map(({ p50Ms }) => p50Ms) },
      { name: '99 of 100 are below', look: 'strong', values: windows.map(({ p99Ms }) => p99Ms) },
      { name: 'the longest', look: 'rings', values: windows.map(({ mostMs }) => mostMs) },
    ],
  }
}

function summaryOf(windows: Health['loop']): string {
  if (windows.length === 0) return 'Not measured yet.'
  const seconds = windows.reduce((sum, { forMs }) => sum + forMs, 0) / 1000
  const longest = Math.max(...windows.map(({ mostMs }) => mostMs))
  const ninetyNine = Math.max(...windows.map(({ p99Ms }) => p99Ms))
  return `Over ${duration(seconds)}: 99 of 100 turns at most ${milliseconds(ninetyNine)} late, the longest ${milliseconds(longest)}.`
}

/** The last window ends now. */
function minutesUntilEnds(windows: Health['loop']): number[] {
  let ms = 0
  const ends = windows.toReversed().map(({ forMs }) => {
    const end = ms === 0 ? 0 : -ms / 60_000
    ms += forMs
    return end
  })
  return ends.reverse()
}
