/** WK15: which classes of device the runs that go on take, so that a worker that may be of either suits itself to them. */
import type { DeviceClass } from '@worldflora/protocol/run-config'
import type { CoreState } from './core-state.ts'
import type { Effect } from './events.ts'
import { isHalted, type RunProgress } from './run-progress.ts'
import { leaveWaiting } from './waiting-room.ts'

/** Each once, in a fixed order. */
export function classesTaken(state: CoreState): DeviceClass[] {
  const taken = new Set<DeviceClass>()
  for (const progress of state.runs.values()) {
    if (goesOn(progress)) taken.add(progress.run.description.config.backend)
  }
  return [...taken].sort()
}

/** Who waits, and whose results not every run takes, is told of a change: what it heard when it asked is no longer so. */
export function announceClasses(state: CoreState): Effect[] {
  const taken = classesTaken(state).join()
  if (taken === state.classesKnown) return []
  state.classesKnown = taken
  const told = [...state.waiting.keys()].filter(({ deterministic }) => !deterministic)
  for (const worker of told) leaveWaiting(state, worker)
  return told.length === 0 ? [] : [{ kind: 'announce-work', workerIds: told.map(({ id }) => id) }]
}

/** Between two steps as well, when there is nothing to be done for a moment. */
function goesOn(progress: RunProgress): boolean {
  if (isHalted(progress)) return false
  return progress.state === 'running' || progress.evaluations.length > 0
}
