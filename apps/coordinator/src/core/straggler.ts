/** LS3: which leases are raced. A worker that is idle while no task waits gets a backup lease of the longest straggler. */
import type { CoreState } from './core-state.ts'
import type { LeaseRecord } from './lease.ts'
import { expectedMs } from './pace.ts'
import type { TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

/** A lease this many times as old as its worker's pace promised is raced. */
const FACTOR = 1.5
const SHORTEST_MS = 1000
/** A pace is a worker's own word: however slow it says it is, nobody waits longer than this before racing it. */
const LONGEST_MS = 600_000
/** Without a pace there is no promise: then this. */
const FIRST_MS = 10_000
const FIRST_MS_PER_IMAGE = 50

/** How old a lease of the worker may become before it counts as a straggler. */
export function stragglesAfterMs({ imagesPerSecond }: WorkerState, images: number): number {
  if (imagesPerSecond === null) return Math.max(FIRST_MS, FIRST_MS_PER_IMAGE * images)
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, FACTOR * expectedMs(imagesPerSecond, images)))
}

function isStraggler(lease: LeaseRecord, nowMs: number): boolean {
  return isRaceable(lease) && nowMs >= lease.stragglesFromMs
}

/** Its worker alone is at one of its tasks. */
export function isRaceable({ due, abandoned }: LeaseRecord): boolean {
  if (abandoned) return false
  for (const slot of due) if (isAlone(slot)) return true
  return false
}

/** One worker is at the task: there are never more than two. */
export function isAlone({ state }: TaskSlot): boolean {
  return state.kind === 'open' && state.leases.filter((lease) => !lease.abandoned).length === 1
}

/** Those granted first come first. */
export function stragglersOf(state: CoreState, nowMs: number): LeaseRecord[] {
  const stragglers: LeaseRecord[] = []
  for (const lease of state.liveLeases) if (isStraggler(lease, nowMs)) stragglers.push(lease)
  return stragglers.sort((a, b) => a.grantedAtMs - b.grantedAtMs)
}
