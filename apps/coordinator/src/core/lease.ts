/** Who computes which tasks, and until when (LS1). A lease outlives its worker's connection, not its deadline. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { TaskGroup } from './task-group.ts'
import type { TaskSlot } from './task-slot.ts'

export type LeaseRecord = {
  readonly id: LeaseId
  readonly workerId: WorkerId
  readonly runId: RunId
  /** The step or the evaluation that all its tasks are part of. */
  readonly group: TaskGroup
  /** All that it was granted for, in the order in which they are computed. */
  readonly slots: readonly TaskSlot[]
  readonly images: number
  /** Those of them that are still open: the lease is over, for its worker, when there is none. */
  readonly due: Set<TaskSlot>
  /** When its worker is free for it, by its own word. */
  readonly beginsAtMs: number
  /** Until then a result is taken. */
  readonly deadlineMs: number
  /** From then on others may race it (LS3). */
  readonly stragglesFromMs: number
  /** The worker is away, or the lease was recalled: honoured still, but its tasks are offered to others. */
  abandoned: boolean
  /** It straggles (LS3). */
  isOverdue: boolean
}

/** One of its tasks is open, and nothing has ended it. */
export function isLive({ due }: LeaseRecord): boolean {
  return due.size > 0
}

export function slotOf(lease: LeaseRecord, task: number): TaskSlot | undefined {
  return lease.slots.find((slot) => slot.task.task === task)
}
