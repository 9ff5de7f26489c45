/** Which task a worker gets. Knows no sockets and no clock: callers pass `nowMs`. */
import type { CoreState } from './core-state.ts'
import { stragglesFromMs } from './lease.ts'
import type { RunProgress } from './run-progress.ts'
import type { TaskSlot } from './task-slot.ts'
import type { WorkerState } from './worker-state.ts'

export type Assignment = { progress: RunProgress; slot: TaskSlot }

/** At most one backup beside the first lease (LS3). */
const LEASES_PER_TASK = 2

/**
 * Evaluations first, so that curves are current and old checkpoints can go; then the steps of the runs in the order they
 * were opened. Among the tasks that nobody works on: one the worker has not failed, whose shards it holds, the first. If
 * none is free, the longest straggler of somebody else.
 */
export function nextAssignment(state: CoreState, worker: WorkerState, nowMs: number): Assignment | null {
  const groups = [...state.runs.values()]
    .filter((progress) => mayServe(worker, progress))
    .flatMap((progress) => [
      ...progress.evaluations.map(({ slots }) => ({ progress, slots, first: true })),
      ...(progress.state === 'running' ? [{ progress, slots: progress.slots, first: false }] : []),
    ])
    .sort((a, b) => Number(b.first) - Number(a.first))
  for (const { progress, slots } of groups) {
    const slot = best(slots.filter(isOffered), worker)
    if (slot !== null) return { progress, slot }
  }
  for (const { progress, slots } of groups) {
    const slot = longestStraggler(state, slots, worker, nowMs)
    if (slot !== null) return { progress, slot }
  }
  return null
}

/** Paused and stopped runs are left alone; deterministic ones take deterministic workers only. */
export function mayServe(worker: WorkerState, { run, state }: RunProgress): boolean {
  if (state === 'paused' || state === 'stopped') return false
  return worker.deterministic || run.description.config.backend === 'any'
}

/** Nobody who is here works on it. */
function isOffered({ state }: TaskSlot): boolean {
  return state.kind === 'open' && state.leases.every(({ abandoned }) => abandoned)
}

function best(slots: TaskSlot[], worker: WorkerState): TaskSlot | null {
  let chosen: TaskSlot | null = null
  let leastCost = Number.POSITIVE_INFINITY
  for (const slot of slots) {
    const failed = slot.failures.some(({ workerId }) => workerId === worker.id)
    const missing = slot.task.entries.filter(({ shard }) => !worker.shards.has(shard)).length
    const cost = (failed ? 1e6 : 0) + missing
    if (cost >= leastCost) continue
    chosen = slot
    leastCost = cost
  }
  return chosen
}

function longestStraggler(
  state: CoreState,
  slots: TaskSlot[],
  worker: WorkerState,
  nowMs: number,
): TaskSlot | null {
  let chosen: TaskSlot | null = null
  let oldestMs = Number.POSITIVE_INFINITY
  for (const slot of slots) {
    if (slot.state.kind !== 'open') continue
    const { leases } = slot.state
    if (leases.length >= LEASES_PER_TASK || leases.some(({ workerId }) => workerId === worker.id)) continue
    const [lease] = leases
    if (lease === undefined || nowMs < stragglesFromMs(lease, state.workers.get(lease.workerId))) continue
    if (lease.grantedAtMs >= oldestMs) continue
    chosen = slot
    oldestMs = lease.grantedAtMs
  }
  return chosen
}
