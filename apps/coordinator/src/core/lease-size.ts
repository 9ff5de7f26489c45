/** How many tasks a lease has: a fast machine takes several, a phone one; ever fewer towards the end of a step. */
import { TASKS_PER_LEASE } from '@worldflora/protocol/messages'
import type { CoreState } from './core-state.ts'
import { paceOfAll } from './fleet.ts'
import { expectedMs } from './pace.ts'
import type { TaskGroup } from './task-group.ts'
import type { WorkerState } from './worker-state.ts'

/**
 * No lease is to take longer: what is lost with a worker is bounded, and so is what the first to come back after a restart take
 * of a step, of which the others then have nothing.
 */
const LONGEST_MS = 10_000
/**
 * Before a worker's first result, for its pace is only its word until then; and so that, after a restart, results come in again
 * soon.
 */
const FIRST_MS = 1000
/**
 * Of what a worker would do of the offered tasks if everybody ended at once, so much is granted at a time (guided
 * self-scheduling, Polychronopoulos and Kuck 1987): the rest evens out what the paces did not foretell.
 */
const SHARE = 0.75

/** Without a pace one task, to find it. */
export function tasksPerLease(state: CoreState, worker: WorkerState, group: TaskGroup): number {
  const { offered, slots, material } = group
  const { paces, hasDelivered } = worker
  const pace = paces[material]
  if (pace === null) return 1
  const fair = (offered.size * pace) / paceOfAll(state, material, pace)
  const inTime = (hasDelivered ? LONGEST_MS : FIRST_MS) / Math.max(1, expectedMs(pace, slots[0]!.images))
  return Math.max(1, Math.floor(Math.min(Math.ceil(SHARE * fair), inTime, TASKS_PER_LEASE)))
}
