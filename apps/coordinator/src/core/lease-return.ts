/** A lease comes back without a result: the worker stops, fails, or is unfit; or the edge refused what it sent (LV1). */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect, EventOf } from './events.ts'
import { hopelessReason, isHopeless } from './failure.ts'
import { slotOf } from './lease.ts'
import { endLease } from './lease-ledger.ts'
import { pauseRun } from './run-course.ts'
import { isHalted } from './run-progress.ts'
import { enterWaiting } from './waiting-room.ts'
import { type WorkName, workName } from './worker-state.ts'

export function takeBack(
  state: CoreState,
  event: EventOf<'lease-returned'> | EventOf<'result-refused'>,
  nowMs: number,
): Effect[] {
  const { workerId, leaseId, task } = event
  const lease = state.leases.get(leaseId)
  if (lease === undefined || lease.workerId !== workerId) return []
  const { runId, group, due } = lease
  const reason = event.kind === 'result-refused' ? 'failed' : event.reason
  // Before the lease ends: a worker that is away is forgotten with it.
  if (reason === 'unfit') noteUnfit(state, workerId, workName(runId, group.kind))
  // The others of its tasks are offered again without blame.
  const [first] = due
  const slot = task === undefined ? first : slotOf(lease, task)
  endLease(state, lease)
  if (reason !== 'failed' || slot?.state.kind !== 'open') return []
  slot.failures.push({ workerId, message: event.message ?? 'no reason given', atMs: nowMs })
  group.failed.add(slot)
  const progress = state.runs.get(runId)!
  return isHopeless(slot) && !isHalted(progress) ? pauseRun(state, progress, hopelessReason(slot)) : []
}

function noteUnfit(state: CoreState, workerId: WorkerId, work: WorkName): void {
  const worker = state.workers.get(workerId)
  if (worker === undefined) return
  worker.unfitFor.add(work)
  // From now on it waits with others.
  if (state.waiting.has(worker)) enterWaiting(state, worker)
}
