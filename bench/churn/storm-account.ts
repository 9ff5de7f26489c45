/** What has been done to a run so far, and what came of it. */
import type { FaultKind } from './fault-plan.ts'
import type { RunWatch } from './run-watch.ts'

export type Storm = {
  watch: RunWatch
  kinds: { [kind in FaultKind]?: number }
  /** The faults began after this step, and ended with that one. */
  from: number
  to: number
  restartsMs: number[]
  recoveries: { acceptedMs: number; durableMs: number }[]
  /** In which the coordinator was killed. */
  killSteps: Set<number>
  unexpectedEnds: number
}

export function stormOf(watch: RunWatch, calmSteps: number, steps: number): Storm {
  return {
    watch,
    kinds: {},
    from: calmSteps,
    to: steps - calmSteps,
    restartsMs: [],
    recoveries: [],
    killSteps: new Set(),
    unexpectedEnds: 0,
  }
}

/** Counted as the step that it will end as: from 1. */
export function stepInFlight({ watch }: Storm): number {
  return (watch.steps.at(-1)?.step ?? 0) + 1
}

export function count({ kinds }: Storm, kind: FaultKind): void {
  kinds[kind] = (kinds[kind] ?? 0) + 1
}

export function faultsIn({ kinds }: Storm): number {
  return Object.values(kinds).reduce((sum, faults) => sum + faults, 0)
}
