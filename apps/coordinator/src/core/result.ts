/** What becomes of a result: the first valid one of its task counts, a later one is compared, a stale one is ignored. */
import type { CoreState } from './core-state.ts'
import type { Effect, EventOf } from './events.ts'
import { endLeasesOf, freeWorker, revocationOf } from './lease-ledger.ts'
import { keyOf, noteOffer, type TaskGroup } from './task-group.ts'

/** Leases of an accepted task stay known until its step ends, so that late copies are compared (LS3). */
export function receiveResult(state: CoreState, event: EventOf<'result-received'>): Effect[] {
  const { workerId, leaseId, digest } = event
  const lease = state.leases.get(leaseId)
  if (lease?.workerId !== workerId || state.runs.get(lease.runId)!.state === 'stopped') {
    return [{ kind: 'ignore-stale-result', workerId, leaseId }]
  }
  const worker = state.workers.get(workerId)
  if (worker !== undefined) worker.missedDeadlines = 0
  freeWorker(state, lease)
  const { slot } = lease
  const key = keyOf(slot)
  if (slot.state.kind === 'accepted') {
    return [{ kind: 'note-late-result', workerId, leaseId, key, sameBits: slot.state.digest === digest }]
  }
  const effects: Effect[] = [{ kind: 'accept-result', workerId, leaseId, key, images: slot.images }]
  for (const other of slot.state.leases) {
    effects.push(...revocationOf(state, other))
    state.liveLeases.delete(other)
    freeWorker(state, other)
  }
  slot.state = { kind: 'accepted', workerId, digest }
  slot.group.failed.delete(slot)
  slot.group.accepted++
  noteOffer(slot)
  return [...effects, ...closeIfComplete(state, slot.group)]
}

function closeIfComplete(state: CoreState, group: TaskGroup): Effect[] {
  const { runId, slots } = group
  if (group.accepted < slots.length) return []
  const { task } = slots[0]!
  if (task.kind === 'gradient') {
    const samples = slots.reduce((sum, { images }) => sum + images, 0)
    return [{ kind: 'close-step', runId, step: task.step, samples }]
  }
  const progress = state.runs.get(runId)!
  progress.evaluations = progress.evaluations.filter((other) => other !== group)
  endLeasesOf(state, group)
  return [{ kind: 'close-evaluation', runId, step: task.step, split: task.split }]
}
