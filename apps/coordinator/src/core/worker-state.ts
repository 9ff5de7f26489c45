/** What the core knows of a worker, and which work it can do at all. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { Material } from '@worldflora/protocol/task-images'
import type { RunProgress } from './run-progress.ts'
import type { Telling } from './waiting-room.ts'

export type WorkerState = {
  readonly id: WorkerId
  /** Of the class whose bits are the same everywhere (SD2). */
  deterministic: boolean
  connected: boolean
  /** Unfinished leases that it is at: LEASES_AT_ONCE at most. */
  readonly leaseIds: Set<LeaseId>
  shards: ReadonlySet<string>
  /** Images a second by its own measure; null before the first. */
  readonly paces: Record<Material, number | null>
  /** A valid result, since it joined this coordinator. */
  hasDelivered: boolean
  /** In a row. */
  missedDeadlines: number
  /** Work that its device cannot hold. */
  readonly unfitFor: Set<WorkName>
  /** It was told of work, and has not asked yet. */
  telling: Telling | null
}

/** All tasks of one kind of one run ask the same of a device. */
export type WorkName = `${RunId}/${Task['kind']}`

export function workName(runId: RunId, kind: Task['kind']): WorkName {
  return `${runId}/${kind}`
}

export function newWorker(id: WorkerId, deterministic: boolean): WorkerState {
  return {
    id,
    deterministic,
    connected: true,
    leaseIds: new Set(),
    shards: new Set(),
    paces: { photos: null, features: null },
    hasDelivered: false,
    missedDeadlines: 0,
    unfitFor: new Set(),
    telling: null,
  }
}

/** Deterministic runs take deterministic workers only. */
export function canDo(worker: WorkerState, { run }: RunProgress, kind: Task['kind']): boolean {
  const { id, config } = run.description
  return (worker.deterministic || config.backend === 'any') && !worker.unfitFor.has(workName(id, kind))
}
