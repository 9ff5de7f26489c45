/** What becomes of a result: the first valid one of its tasks counts, a later one is compared, a stale one is ignored. */
import type { CoreState } from './core-state.ts'
import type { Effect, EventOf } from './events.ts'
import { type LeaseRecord, slotOf } from './lease.ts'
import { endLeasesOf, revocationOf, voidTask } from './lease-ledger.ts'
import { keyOf, type TaskGroup } from './task-group.ts'
import { imagesOf, type TaskSlot } from './task-slot.ts'

type Delivered = { slot: TaskSlot; digest: string }

/**
 * A result is the sum of its tasks and counts as a whole or not at all: if others were first with some of them, the worker
 * is told which are open. Leases of accepted tasks stay known until their step ends (an evaluation’s
 * until the run’s next one does), so that late copies are compared (LS3).
 */
export function receiveResult(state: CoreState, event: EventOf<'result-received'>): Effect[] {
  const { workerId, leaseId } = event
  const lease = state.leases.get(leaseId)
  if (lease?.workerId !== workerId || state.runs.get(lease.runId)!.state === 'stopped') {
    return [{ kind: 'ignore-stale-result', workerId, leaseId }]
  }
  const worker = state.workers.get(workerId)
  if (worker !== undefined) {
    worker.missedDeadlines = 0
    worker.hasDelivered = true
  }
  const delivered = event.results.map(
    ({ task, digest }): Delivered => ({ slot: slotOf(lease, task)!, digest }),
  )
  const open = delivered.filter(({ slot }) => slot.state.kind === 'open')
  if (open.length === delivered.length) return accept(state, lease, delivered)
  const late = delivered.flatMap(({ slot, digest }) =>
    slot.state.kind === 'accepted' ? { key: keyOf(slot), sameBits: slot.state.digest === digest } : [],
  )
  return [{ kind: 'note-late-result', workerId, leaseId, late, open: open.map(({ slot }) => slot.task.task) }]
}

function accept(state: CoreState, lease: LeaseRecord, delivered: readonly Delivered[]): Effect[] {
  const { id: leaseId, workerId, group } = lease
  const slots = delivered.map(({ slot }) => slot)
  const effects: Effect[] = [
    { kind: 'accept-result', workerId, leaseId, keys: slots.map(keyOf), images: imagesOf(slots) },
  ]
  const beaten = new Map<LeaseRecord, TaskSlot[]>()
  for (const { slot, digest } of delivered) {
    if (slot.state.kind !== 'open') throw new Error('only open tasks are accepted')
    for (const other of slot.state.leases) {
      if (other !== lease) beaten.set(other, [...(beaten.get(other) ?? []), slot])
    }
    slot.state = { kind: 'accepted', workerId, digest }
    group.failed.delete(slot)
    group.accepted++
    voidTask(state, lease, slot)
  }
  for (const [other, lost] of beaten) {
    const isAll = lost.length === other.due.size
    effects.push(...revocationOf(state, other, isAll ? undefined : lost.map(({ task }) => task.task)))
    for (const slot of lost) voidTask(state, other, slot)
  }
  return [...effects, ...closeIfComplete(state, group)]
}

function closeIfComplete(state: CoreState, group: TaskGroup): Effect[] {
  const { runId, slots } = group
  if (group.accepted < slots.length) return []
  const { task } = slots[0]!
  if (task.kind === 'gradient') {
    return [{ kind: 'close-step', runId, step: task.step, samples: imagesOf(slots) }]
  }
  const progress = state.runs.get(runId)!
  progress.evaluations = progress.evaluations.filter((other) => other !== group)
  if (progress.measured !== null) endLeasesOf(state, progress.measured)
  progress.measured = group
  const kind = task.kind === 'evaluate' ? 'close-evaluation' : 'close-features'
  return [{ kind, runId, step: task.step, split: task.split }]
}
