/** Who computes a task, and until when (LS1). A lease outlives its worker's connection, not its deadline. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

export type LeaseRecord = {
  id: LeaseId
  workerId: WorkerId
  runId: RunId
  slot: TaskSlot
  grantedAtMs: number
  deadlineMs: number
  /** The worker is away, or the task's run is paused: honoured still, but others may be offered the task. */
  abandoned: boolean
}

const FIRST_LEASE_MS = 120_000
const SHORTEST_LEASE_MS = 20_000
const LONGEST_LEASE_MS = 3_600_000
/** A worker may be so much slower than it measured before its lease ends. */
const SLACK = 6
/** A lease this many times as old as its worker's pace promised is raced (LS3). */
const STRAGGLER_FACTOR = 2
/** Without a pace there is no promise: then this. */
const STRAGGLER_FIRST_MS = 30_000

/** Each deadline a worker has missed in a row doubles the next: a slow device gets there in the end. */
export function leaseDurationMs(worker: WorkerState, images: number): number {
  const promised =
    worker.imagesPerSecond === null ? FIRST_LEASE_MS : SLACK * expectedMs(worker.imagesPerSecond, images)
  return Math.min(
    LONGEST_LEASE_MS,
    Math.max(SHORTEST_LEASE_MS, promised) * 2 ** Math.min(worker.missedDeadlines, 10),
  )
}

/** From when on a lease counts as a straggler. */
export function stragglesFromMs(lease: LeaseRecord, worker: WorkerState | undefined): number {
  const pace = worker?.imagesPerSecond ?? null
  const allowed = pace === null ? STRAGGLER_FIRST_MS : STRAGGLER_FACTOR * expectedMs(pace, lease.slot.images)
  return lease.grantedAtMs + Math.max(1000, allowed)
}

function expectedMs(imagesPerSecond: number, images: number): number {
  return Math.round((1000 * images) / imagesPerSecond)
}
