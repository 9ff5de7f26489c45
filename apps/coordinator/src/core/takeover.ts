/**
 * WK8: who idles takes from others what it would have done before they come to it: a step ends with its slowest lease, and by
 * the paces it can be told early which one that will be.
 */
import type { CoreState } from './core-state.ts'
import { mayTry } from './failure.ts'
import type { LeaseRecord } from './lease.ts'
import { expectedMs } from './pace.ts'
import type { TaskGroup } from './task-group.ts'
import type { NonEmptySlots, TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

/** Fetching, sending, and what the paces do not foretell. */
const OVERHEAD_MS = 100
const MARGIN = 1.1

type Takeover = { slots: TaskSlot[]; endsAtMs: number }

/**
 * Of the lease that will end last, as many tasks from its end as the worker has delivered before the holder is through with the
 * first of them; null if there are none in any lease. Nobody else is at them.
 */
export function takeoverIn(
  state: CoreState,
  group: TaskGroup,
  worker: WorkerState,
  nowMs: number,
): NonEmptySlots | null {
  const { material } = group
  const pace = worker.paces[material]
  if (pace === null || !worker.hasDelivered) return null
  let last: Takeover | null = null
  for (const lease of group.leases) {
    if (lease.workerId === worker.id) continue
    const holderPace = state.workers.get(lease.workerId)?.paces[material] ?? null
    if (lease.due.size === 0 || lease.abandoned || lease.isOverdue || holderPace === null) continue
    const endsAtMs = lease.beginsAtMs + expectedMs(holderPace, lease.images)
    if (endsAtMs <= Math.max(last?.endsAtMs ?? 0, nowMs + OVERHEAD_MS)) continue
    const slots = slotsOf(state, { lease, holderPace, worker, pace, nowMs })
    if (slots.length > 0) last = { slots, endsAtMs }
  }
  return last === null ? null : (last.slots as unknown as NonEmptySlots)
}

type Race = { lease: LeaseRecord; holderPace: number; worker: WorkerState; pace: number; nowMs: number }

function slotsOf(state: CoreState, { lease, holderPace, worker, pace, nowMs }: Race): TaskSlot[] {
  let { images } = lease
  const slots: TaskSlot[] = []
  let own = 0
  for (const slot of lease.slots.toReversed()) {
    const holderDoneAtMs = lease.beginsAtMs + expectedMs(holderPace, images)
    const doneAtMs = nowMs + OVERHEAD_MS + MARGIN * expectedMs(pace, own + slot.images)
    if (doneAtMs >= holderDoneAtMs) break
    images -= slot.images
    if (!lease.due.has(slot)) continue
    if (!isAloneAt(lease, slot) || !mayTry(state, slot, worker, nowMs)) break
    slots.unshift(slot)
    own += slot.images
  }
  return slots
}

function isAloneAt(lease: LeaseRecord, { state }: TaskSlot): boolean {
  return state.kind === 'open' && state.leases.every((other) => other === lease || other.abandoned)
}
