/** All that the core holds. Rebuilt from the store after a restart: nothing in it has to survive. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import { retryFromMs } from './failure.ts'
import type { LeaseRecord } from './lease.ts'
import { groupsOf, isHalted, type RunProgress } from './run-progress.ts'
import { isRaceable } from './straggler.ts'
import type { WorkerState } from './worker-state.ts'

export type CoreState = {
  /** Part of every lease's id: leases of an earlier life of the coordinator are never taken for new ones. */
  readonly boot: string
  leasesGranted: number
  /** Of the run that was served last. */
  virtualTime: number
  /** In the order they were opened. */
  readonly runs: Map<RunId, RunProgress>
  readonly workers: Map<WorkerId, WorkerState>
  /** Those that asked for work when there was none: they are told when there is. */
  readonly waiting: Set<WorkerState>
  /** Every lease under which a result means something, those of accepted tasks included. */
  readonly leases: Map<LeaseId, LeaseRecord>
  /** Those of them that have a task that is open. */
  readonly liveLeases: Set<LeaseRecord>
}

export function createCore(options: { boot: string }): CoreState {
  return {
    boot: options.boot,
    leasesGranted: 0,
    virtualTime: 0,
    runs: new Map(),
    workers: new Map(),
    waiting: new Set(),
    leases: new Map(),
    liveLeases: new Set(),
  }
}

/** Of the step in flight. */
export function tasksOf({ step }: RunProgress): { accepted: number; total: number } {
  return { accepted: step?.accepted ?? 0, total: step?.slots.length ?? 0 }
}

/** When `clock-advanced` is next worth saying: a deadline passes, a straggler may be raced, a worker may try again. */
export function nextWakeAtMs(state: CoreState, nowMs: number): number | null {
  const someoneWaits = state.waiting.size > 0
  let wakeAtMs = Number.POSITIVE_INFINITY
  for (const lease of state.liveLeases) {
    wakeAtMs = Math.min(wakeAtMs, lease.deadlineMs)
    const { stragglesFromMs } = lease
    if (someoneWaits && stragglesFromMs > nowMs && isRaceable(lease))
      wakeAtMs = Math.min(wakeAtMs, stragglesFromMs)
  }
  if (someoneWaits) wakeAtMs = Math.min(wakeAtMs, nextRetryAtMs(state, nowMs))
  return wakeAtMs === Number.POSITIVE_INFINITY ? null : wakeAtMs
}

function nextRetryAtMs(state: CoreState, nowMs: number): number {
  let retryAtMs = Number.POSITIVE_INFINITY
  for (const progress of state.runs.values()) {
    if (isHalted(progress)) continue
    for (const { failed } of groupsOf(progress)) {
      for (const failure of [...failed].flatMap(({ failures }) => failures)) {
        if (retryFromMs(failure) > nowMs) retryAtMs = Math.min(retryAtMs, retryFromMs(failure))
      }
    }
  }
  return retryAtMs
}
