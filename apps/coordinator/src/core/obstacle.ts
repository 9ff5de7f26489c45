/** Why a run that could go on does not: nobody is here, or nobody who is here can do it. */
import type { RunId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import { groupsOf, isHalted } from './run-progress.ts'
import { canDo } from './worker-state.ts'

/** `class`: it takes deterministic workers only; `device`: those who are here have said that it does not fit them. */
export type Obstacle = 'no-worker' | 'class' | 'device'

/** null if there is none, or nothing to be done. */
export function obstacleTo(state: CoreState, runId: RunId): Obstacle | null {
  const progress = state.runs.get(runId)
  if (progress === undefined || isHalted(progress)) return null
  const kinds = new Set(groupsOf(progress).map(({ kind }) => kind))
  const here = [...state.workers.values()].filter(({ connected }) => connected)
  const isBlocked = [...kinds].some((kind) => !here.some((worker) => canDo(worker, progress, kind)))
  if (!isBlocked) return null
  if (here.length === 0) return 'no-worker'
  const { backend } = progress.run.description.config
  return backend === 'deterministic' && !here.some((worker) => worker.deterministic) ? 'class' : 'device'
}
