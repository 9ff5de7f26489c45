/** All that the core holds. Rebuilt from the store after a restart: nothing in it has to survive. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import { retryFromMs } from './failure.ts'
import { emptyFleet, type Fleet } from './fleet.ts'
import { isLive, type LeaseRecord } from './lease.ts'
import { groupsOf, isHalted, type RunProgress } from './run-progress.ts'
import { TimeQueue } from './time-queue.ts'
import type { Telling } from './waiting-room.ts'
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
  readonly fleet: Fleet
  /** Those that asked for work when there was none, and where they wait: they are told when there is. */
  readonly waiting: Map<WorkerState, Set<WorkerState>>
  readonly waitingByAbility: Readonly<Record<'proven' | 'unproven', Map<string, Set<WorkerState>>>>
  /** Those that were told and have not asked yet, by when they are expected no more. */
  readonly tellings: TimeQueue<Telling>
  /** What was last told of `classesTaken`. */
  classesKnown: string
  /** Every lease under which a result means something, those of accepted tasks included. */
  readonly leases: Map<LeaseId, LeaseRecord>
  /** Those of them that have a task that is open, by their deadline, and by when they straggle. */
  readonly deadlines: TimeQueue<LeaseRecord>
  readonly straggleTimes: TimeQueue<LeaseRecord>
}

export function createCore(options: { boot: string }): CoreState {
  return {
    boot: options.boot,
    leasesGranted: 0,
    virtualTime: 0,
    runs: new Map(),
    workers: new Map(),
    fleet: emptyFleet(),
    waiting: new Map(),
    waitingByAbility: { proven: new Map(), unproven: new Map() },
    tellings: new TimeQueue((telling) => telling.worker.telling === telling),
    classesKnown: '',
    leases: new Map(),
    deadlines: new TimeQueue(isLive),
    straggleTimes: new TimeQueue(isLive),
  }
}

/** Of the step in flight. */
export function tasksOf({ step }: RunProgress): { accepted: number; total: number } {
  return { accepted: step?.accepted ?? 0, total: step?.slots.length ?? 0 }
}

/**
 * When `clock-advanced` is next worth saying: a deadline passes; or, if somebody waits, a straggler may be raced, one who was
 * told of work has not come for it, a worker may try again.
 */
export function nextWakeAtMs(state: CoreState, nowMs: number): number | null {
  let wakeAtMs = state.deadlines.nextAtMs()
  if (state.waiting.size > 0) {
    const { straggleTimes, tellings } = state
    wakeAtMs = Math.min(wakeAtMs, straggleTimes.nextAtMs(), tellings.nextAtMs(), nextRetryAtMs(state, nowMs))
  }
  return wakeAtMs === Number.POSITIVE_INFINITY ? null : wakeAtMs
}

function nextRetryAtMs(state: CoreState, nowMs: number): number {
  let retryAtMs = Number.POSITIVE_INFINITY
  for (const progress of state.runs.values()) {
    if (isHalted(progress)) continue
    for (const { failed } of groupsOf(progress)) {
      for (const { failures } of failed) {
        for (const failure of failures) {
          if (retryFromMs(failure) > nowMs) retryAtMs = Math.min(retryAtMs, retryFromMs(failure))
        }
      }
    }
  }
  return retryAtMs
}
