/** What the core knows of a worker. */
import type { LeaseId, WorkerId } from '@worldflora/protocol/ids'

export type WorkerState = {
  id: WorkerId
  /** Of the class whose bits are the same everywhere (SD2). */
  deterministic: boolean
  connected: boolean
  /** At most one unfinished lease. */
  leaseId: LeaseId | null
  /** It asked for work and there was none: it is told when there is. */
  waiting: boolean
  shards: ReadonlySet<string>
  imagesPerSecond: number | null
  /** In a row. */
  missedDeadlines: number
}

export function newWorker(id: WorkerId, deterministic: boolean): WorkerState {
  return {
    id,
    deterministic,
    connected: true,
    leaseId: null,
    waiting: false,
    shards: new Set(),
    imagesPerSecond: null,
    missedDeadlines: 0,
  }
}
