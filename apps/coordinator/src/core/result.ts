/** What becomes of a result: the first valid one of its task counts, a later one is compared, a stale one is ignored. */
import type { CoreState } from './core-state.ts'
import type { CoreEvent, Effect, TaskKey } from './events.ts'
import type { LeaseRecord } from './lease.ts'
import type { EvaluationProgress, RunProgress } from './run-progress.ts'

type ResultReceived = Extract<CoreEvent, { kind: 'result-received' }>

/** Leases of an accepted task stay known until its step ends, so that late copies are compared (LS3). */
export function receiveResult(state: CoreState, { workerId, leaseId, digest }: ResultReceived): Effect[] {
  const lease = state.leases.get(leaseId)
  const progress = lease && state.runs.get(lease.runId)
  if (
    lease === undefined ||
    progress === undefined ||
    lease.workerId !== workerId ||
    progress.state === 'stopped'
  ) {
    return [{ kind: 'ignore-stale-result', workerId, leaseId }]
  }
  freeWorker(state, lease)
  const { slot } = lease
  const key = keyOf(lease)
  if (slot.state.kind === 'accepted') {
    return [{ kind: 'note-late-result', workerId, leaseId, key, sameBits: slot.state.digest === digest }]
  }
  const others = slot.state.leases.filter((other) => other !== lease)
  slot.state = { kind: 'accepted', workerId, digest }
  return [
    { kind: 'accept-result', workerId, leaseId, key, images: slot.images },
    ...others.flatMap((other) => revoke(state, other)),
    ...closeIfComplete(state, progress, lease),
  ]
}

function freeWorker(state: CoreState, lease: LeaseRecord): void {
  const worker = state.workers.get(lease.workerId)
  if (worker === undefined) return
  worker.missedDeadlines = 0
  if (worker.leaseId === lease.id) worker.leaseId = null
  if (!worker.connected) state.workers.delete(worker.id)
}

function revoke(state: CoreState, lease: LeaseRecord): Effect[] {
  const worker = state.workers.get(lease.workerId)
  if (worker?.leaseId !== lease.id) return []
  worker.leaseId = null
  return worker.connected ? [{ kind: 'revoke-lease', workerId: worker.id, leaseId: lease.id }] : []
}

function closeIfComplete(state: CoreState, progress: RunProgress, lease: LeaseRecord): Effect[] {
  const runId = progress.run.description.id
  const evaluation = progress.evaluations.find(({ slots }) => slots.includes(lease.slot))
  const slots = evaluation?.slots ?? progress.slots
  if (slots.some((slot) => slot.state.kind === 'open')) return []
  if (evaluation === undefined) {
    const samples = slots.reduce((sum, { images }) => sum + images, 0)
    return [{ kind: 'close-step', runId, step: progress.checkpoint.step, samples }]
  }
  forget(state, progress, evaluation)
  return [{ kind: 'close-evaluation', runId, step: evaluation.order.step, split: evaluation.order.split }]
}

function forget(state: CoreState, progress: RunProgress, evaluation: EvaluationProgress): void {
  progress.evaluations = progress.evaluations.filter((other) => other !== evaluation)
  for (const lease of state.leases.values()) {
    if (evaluation.slots.includes(lease.slot)) state.leases.delete(lease.id)
  }
}

function keyOf({ runId, slot: { task } }: LeaseRecord): TaskKey {
  const { kind, step } = task
  return { runId, kind, step, task: task.task, ...(kind === 'evaluate' ? { split: task.split } : {}) }
}
