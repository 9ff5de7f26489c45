/** One task of the step in flight, or of an evaluation: what is in it, and how far it is. */
import type { Hash, WorkerId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { TaskFailure } from './failure.ts'
import type { LeaseRecord } from './lease.ts'
import type { TaskGroup } from './task-group.ts'

export type TaskState =
  | { kind: 'open'; leases: LeaseRecord[] }
  | { kind: 'accepted'; workerId: WorkerId; digest: string }

/** Of one group. */
export type NonEmptySlots = readonly [TaskSlot, ...TaskSlot[]]

export type TaskSlot = {
  readonly task: Task
  /** What it costs: a photo counts with each of its views or crops. */
  readonly images: number
  /** Each once. */
  readonly shards: readonly { hash: Hash; bytes: number }[]
  /** The step or the evaluation that it is part of. */
  readonly group: TaskGroup
  state: TaskState
  failures: TaskFailure[]
}

/** Nobody who is here works on it: any worker may be given it. */
export function isOffered({ state }: TaskSlot): boolean {
  return state.kind === 'open' && state.leases.every(({ abandoned }) => abandoned)
}

/** Somebody works on it, and all who do straggle: one more may race them (LS3). */
export function isLate(slot: TaskSlot): boolean {
  const { state } = slot
  if (state.kind === 'accepted' || isOffered(slot)) return false
  return state.leases.every(({ abandoned, isOverdue }) => abandoned || isOverdue)
}

export function isAtTask({ state }: TaskSlot, workerId: WorkerId): boolean {
  return (
    state.kind === 'open' && state.leases.some((lease) => !lease.abandoned && lease.workerId === workerId)
  )
}

/** What a worker that holds these shards would have to download, each shard once. */
export function missingBytes(slots: readonly TaskSlot[], held: ReadonlySet<string>): number {
  const missing = new Map<Hash, number>()
  for (const { shards } of slots)
    for (const { hash, bytes } of shards) if (!held.has(hash)) missing.set(hash, bytes)
  let sum = 0
  for (const bytes of missing.values()) sum += bytes
  return sum
}

export function imagesOf(slots: readonly TaskSlot[]): number {
  return slots.reduce((sum, { images }) => sum + images, 0)
}
