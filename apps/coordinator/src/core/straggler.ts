/** LS3: when a lease straggles. A worker that is idle while no task waits gets a backup lease of what is late for longest. */
import { expectedMs } from './pace.ts'

/** A lease this many times as old as its worker's pace promised is raced. */
const FACTOR = 1.5
const SHORTEST_MS = 1000
/** A pace is a worker's own word: however slow it says it is, nobody waits longer than this before racing it. */
const LONGEST_MS = 600_000
/** Without a pace there is no promise: then this. */
const FIRST_MS = 10_000
const FIRST_MS_PER_IMAGE = 50

/** How old a lease of a worker of that pace may become before it counts as a straggler. */
export function stragglesAfterMs(pace: number | null, images: number): number {
  if (pace === null) return Math.max(FIRST_MS, FIRST_MS_PER_IMAGE * images)
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, FACTOR * expectedMs(pace, images)))
}
