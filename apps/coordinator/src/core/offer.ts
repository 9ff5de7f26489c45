/** What of a group's work may be given out: tasks that nobody who is here is at, and those that all who are at them are late with. */
import type { CoreState } from './core-state.ts'
import { isLate, isOffered, type TaskSlot } from './task-slot.ts'

/** To be called whenever who works on the task has changed, or is late with it. */
export function noteOffer(slot: TaskSlot): void {
  const { offered, late } = slot.group
  if (isOffered(slot)) offered.add(slot)
  else offered.delete(slot)
  if (isLate(slot)) late.add(slot)
  else late.delete(slot)
}

/** Those whose time has come. */
export function noteStragglers({ straggleTimes }: CoreState, nowMs: number): void {
  for (;;) {
    const lease = straggleTimes.take(nowMs)
    if (lease === undefined) return
    lease.isOverdue = true
    for (const slot of lease.due) noteOffer(slot)
  }
}
