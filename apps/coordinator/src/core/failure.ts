/**
 * LV1: when a task counts as one that nobody can do, and when a worker that failed it may try again. While others are here
 * who have not failed it, they come first: one broken device among sound ones pauses nothing.
 */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { TaskSlot } from './task-slot.ts'
import { canDo, type WorkerState } from './worker-state.ts'

export type TaskFailure = { workerId: WorkerId; message: string; atMs: number }

const INDEPENDENT_WORKERS = 3
const ATTEMPTS_OF_ONE = 5
/** The others may be connected and yet never ask: after this time they are not waited for. */
const RETRY_AFTER_MS = 60_000
const SAMPLES_NAMED = 64

export function isHopeless({ failures }: TaskSlot): boolean {
  const byWorker = new Map<WorkerId, number>()
  for (const { workerId } of failures) byWorker.set(workerId, (byWorker.get(workerId) ?? 0) + 1)
  return byWorker.size >= INDEPENDENT_WORKERS || Math.max(0, ...byWorker.values()) >= ATTEMPTS_OF_ONE
}

export function mayTry(state: CoreState, slot: TaskSlot, worker: WorkerState, nowMs: number): boolean {
  const own = slot.failures.findLast(({ workerId }) => workerId === worker.id)
  if (own === undefined || nowMs >= retryFromMs(own)) return true
  const progress = state.runs.get(slot.group.runId)!
  for (const other of state.workers.values()) {
    if (!other.connected || !canDo(other, progress, slot.task.kind)) continue
    if (slot.failures.every(({ workerId }) => workerId !== other.id)) return false
  }
  return true
}

export function retryFromMs({ atMs }: TaskFailure): number {
  return atMs + RETRY_AFTER_MS
}

/** In the operator's words, with the samples, so that they can be looked at. */
export function hopelessReason({ task, images, failures }: TaskSlot): string {
  const workers = new Set(failures.map(({ workerId }) => workerId)).size
  const samples: string[] = []
  let left = SAMPLES_NAMED
  for (const entry of task.entries) {
    const named = entry.samples.slice(0, left)
    if (named.length > 0) samples.push(`${named.join(' ')} of shard ${entry.shard.slice(0, 12)}`)
    left -= named.length
  }
  const more = images > SAMPLES_NAMED ? `, and ${images - SAMPLES_NAMED} more` : ''
  return (
    `${task.kind} task ${task.task} of step ${task.step} failed ${failures.length} times on ${workers} ` +
    `worker${workers === 1 ? '' : 's'}, the last time because: ${failures.at(-1)!.message}. ` +
    `Its samples: ${samples.join('; ')}${more}`
  )
}
