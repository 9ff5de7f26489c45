/** All that the core holds, and the views of it that the edge shows. Rebuilt from the store after a restart. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import { type LeaseRecord, stragglesFromMs } from './lease.ts'
import type { RunProgress } from './run-progress.ts'
import type { WorkerState } from './worker-state.ts'

export type CoreState = {
  /** Part of every lease's id: leases of an earlier life of the coordinator are never taken for new ones. */
  readonly boot: string
  leasesGranted: number
  /** In the order they were opened. */
  runs: Map<RunId, RunProgress>
  workers: Map<WorkerId, WorkerState>
  leases: Map<LeaseId, LeaseRecord>
}

export function createCore(options: { boot: string }): CoreState {
  return { boot: options.boot, leasesGranted: 0, runs: new Map(), workers: new Map(), leases: new Map() }
}

export function tasksOf(progress: RunProgress): { accepted: number; total: number } {
  const accepted = progress.slots.filter(({ state }) => state.kind === 'accepted').length
  return { accepted, total: progress.slots.length }
}

/** When `clock-advanced` is next worth saying: a deadline passes, or a straggler may be raced. null: not before an event. */
export function nextWakeAtMs(state: CoreState, nowMs: number): number | null {
  const someoneWaits = [...state.workers.values()].some(({ waiting, connected }) => waiting && connected)
  let wakeAtMs: number | null = null
  const consider = (atMs: number) => {
    if (wakeAtMs === null || atMs < wakeAtMs) wakeAtMs = atMs
  }
  for (const lease of state.leases.values()) {
    if (lease.slot.state.kind === 'accepted') continue
    consider(lease.deadlineMs)
    if (!someoneWaits || lease.slot.state.leases.length > 1) continue
    const stragglesMs = stragglesFromMs(lease, state.workers.get(lease.workerId))
    if (stragglesMs > nowMs) consider(stragglesMs)
  }
  return wakeAtMs
}
