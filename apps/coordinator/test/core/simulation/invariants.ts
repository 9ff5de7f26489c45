/** What holds in the core's state between any two events. The whole walk is the reference; nearby is what an event touched. */
import type { WorkerId } from '@worldflora/protocol/ids'
import { MATERIALS } from '@worldflora/protocol/task-images'
import type { CoreState } from '../../../src/core/core-state.ts'
import type { CoreEvent, Effect } from '../../../src/core/events.ts'
import { mayTry } from '../../../src/core/failure.ts'
import type { LeaseRecord } from '../../../src/core/lease.ts'
import { groupsOf, isHalted } from '../../../src/core/run-progress.ts'
import { isAtTask, isLate, isOffered, type TaskSlot } from '../../../src/core/task-slot.ts'
import { queuesOf } from '../../../src/core/waiting-room.ts'
import { canDo, type WorkerState } from '../../../src/core/worker-state.ts'

/** The first that is broken, in words; null if all hold. Costs what the event and its effects name. */
export function brokenNearby(state: CoreState, event: CoreEvent, effects: readonly Effect[]): string | null {
  const broken = 'workerId' in event ? brokenWorker(state, event.workerId) : null
  if (broken !== null) return broken
  for (const effect of effects) {
    const nearby = 'workerId' in effect ? brokenWorker(state, effect.workerId) : null
    if (nearby !== null) return nearby
  }
  return brokenWait(state)
}

/** WK2 where it can be seen at once: whoever waits and can do everything would take any task that nobody has failed. */
function brokenWait({ waiting, runs }: CoreState): string | null {
  const [worker] = waiting.keys()
  if (worker === undefined || !worker.deterministic || worker.unfitFor.size > 0) return null
  for (const progress of runs.values()) {
    if (isHalted(progress)) continue
    for (const { offered, failed, told } of groupsOf(progress)) {
      if (offered.size > failed.size && offered.size > told)
        return `WK2: ${worker.id} idles while there is work for everybody`
    }
  }
  return null
}

function brokenWorker(state: CoreState, workerId: WorkerId): string | null {
  const worker = state.workers.get(workerId)
  if (worker === undefined) return null
  if (!worker.connected && worker.leaseIds.size === 0) return `${workerId} is kept for nothing`
  if (worker.leaseIds.size > 2) return `WK1: ${workerId} has ${worker.leaseIds.size} leases`
  for (const leaseId of worker.leaseIds) {
    const lease = state.leases.get(leaseId)
    if (lease?.workerId !== workerId) return `${workerId} holds a lease that is not its own`
    if (lease.due.size === 0) return `${workerId} is left at a lease that is over`
    if (lease.abandoned === worker.connected) return `LS1: ${workerId}'s lease is wrong about its presence`
    const broken = brokenLease(state, lease)
    if (broken !== null) return broken
  }
  return null
}

function brokenLease(state: CoreState, lease: LeaseRecord): string | null {
  if (lease.group.leases.has(lease) !== state.leases.has(lease.id))
    return `${lease.id} is known, or not, by mistake`
  for (const slot of lease.due) {
    if (slot.state.kind !== 'open') return `${lease.id} is due for what is accepted`
    if (!slot.state.leases.includes(lease)) return `a task does not know of ${lease.id}`
    const broken = brokenSlot(slot)
    if (broken !== null) return broken
  }
  return null
}

function brokenSlot(slot: TaskSlot): string | null {
  const { group, task, state, failures } = slot
  if (group.offered.has(slot) !== isOffered(slot))
    return `task ${task.task} is lost to the offer, or offered wrongly`
  if (group.late.has(slot) !== isLate(slot)) return `LS3: task ${task.task} is raced, or not, by mistake`
  if (group.failed.has(slot) !== (state.kind === 'open' && failures.length > 0))
    return 'a failure is miscounted'
  return null
}

/** All of it. */
export function brokenInvariant(state: CoreState, nowMs: number): string | null {
  for (const worker of state.waiting.keys()) {
    if (state.workers.get(worker.id) !== worker) return `${worker.id} waits and is not known`
    if (!worker.connected) return `${worker.id} waits and is away`
    const work = workFor(state, worker, nowMs)
    if (work !== null) return `WK2: ${worker.id} idles while there is ${work}`
  }
  for (const workerId of state.workers.keys()) {
    const broken = brokenWorker(state, workerId)
    if (broken !== null) return broken
  }
  for (const progress of state.runs.values()) {
    for (const { slots, accepted } of groupsOf(progress)) {
      for (const slot of slots) {
        const broken = brokenSlot(slot)
        if (broken !== null) return broken
      }
      if (accepted !== slots.filter(({ state: { kind } }) => kind === 'accepted').length)
        return 'accepted tasks are miscounted'
    }
  }
  for (const lease of state.leases.values()) {
    const progress = state.runs.get(lease.runId)!
    const isKnown = groupsOf(progress).includes(lease.group) || lease.group === progress.measured
    if (!isKnown) return 'LS2: a lease outlives its step'
    const broken = brokenLease(state, lease)
    if (broken !== null) return broken
  }
  return brokenCounts(state)
}

function brokenCounts(state: CoreState): string | null {
  const { workers, waiting, fleet, runs } = state
  const here = [...workers.values()].filter(({ connected }) => connected)
  for (const material of MATERIALS) {
    const { perSecond, unmeasured } = fleet[material]
    const measured = here.flatMap(({ paces }) => paces[material] ?? [])
    const pace = measured.reduce((sum, one) => sum + one, 0)
    if (unmeasured !== here.length - measured.length) return 'who is here is miscounted'
    if (Math.abs(perSecond - pace) > 1e-6 * pace + 1e-6)
      return `together they are ${pace}, not ${perSecond} images/s fast`
  }
  const queued = queuesOf(state).flatMap((queue) => [...queue])
  if (queued.length !== waiting.size || !queued.every((worker) => waiting.has(worker)))
    return 'who waits is miscounted'
  for (const group of [...runs.values()].flatMap(groupsOf)) {
    if (group.told !== here.filter(({ telling }) => telling?.group === group).length)
      return 'who was told of work is miscounted'
  }
  return null
}

/** By a walk through everything, in words; null if there is none, or as many as there are tasks are on their way to it. */
function workFor(state: CoreState, worker: WorkerState, nowMs: number): string | null {
  for (const progress of state.runs.values()) {
    if (isHalted(progress)) continue
    for (const { kind, slots, told } of groupsOf(progress)) {
      if (!canDo(worker, progress, kind)) continue
      let work: string | null = null
      let open = 0
      for (const slot of slots) {
        if (slot.state.kind === 'accepted') continue
        const atIt = slot.state.leases.filter(({ abandoned }) => !abandoned)
        if (!atIt.every(({ stragglesFromMs }) => nowMs >= stragglesFromMs)) continue
        open++
        if (isAtTask(slot, worker.id) || !mayTry(state, slot, worker, nowMs)) continue
        work ??= `${atIt.length === 0 ? 'an open' : 'a straggling'} ${kind} task ${slot.task.task}`
      }
      if (work !== null && open > told) return work
    }
  }
  return null
}
