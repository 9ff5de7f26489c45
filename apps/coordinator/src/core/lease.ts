/** Who computes a task, and until when (LS1). A lease outlives its worker's connection, not its deadline. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { TaskSlot } from './task-slot.ts'

export type LeaseRecord = {
  readonly id: LeaseId
  readonly workerId: WorkerId
  readonly runId: RunId
  readonly slot: TaskSlot
  readonly grantedAtMs: number
  /** Until then a result is taken. */
  readonly deadlineMs: number
  /** From then on others may race it (LS3). */
  readonly stragglesFromMs: number
  /** The worker is away, or the lease was recalled: honoured still, but the task is offered to others. */
  abandoned: boolean
}
