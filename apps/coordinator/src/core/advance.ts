/** The core's one transition: an event happens, effects come out. State is updated in place. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { CoreEvent, Effect } from './events.ts'
import { hopelessReason, isHopeless } from './failure.ts'
import { type LeaseRecord, leaseDurationMs } from './lease.ts'
import { receiveResult } from './result.ts'
import {
  advanceTo,
  allSlots,
  openProgress,
  orderEvaluation,
  type RunProgress,
  reopen,
} from './run-progress.ts'
import { nextAssignment } from './scheduler.ts'
import { newWorker, type WorkerState } from './worker-state.ts'

export function advance(state: CoreState, event: CoreEvent, nowMs: number): Effect[] {
  switch (event.kind) {
    case 'run-opened':
      state.runs.set(event.run.description.id, openProgress(event.run))
      return announceWork(state, nowMs)
    case 'evaluation-ordered':
      orderEvaluation(runOf(state, event.runId), event.order)
      return announceWork(state, nowMs)
    case 'run-state-changed':
      return changeRunState(state, event, nowMs)
    case 'run-faulted':
      return pauseRun(state, runOf(state, event.runId), event.reason)
    case 'worker-joined':
      return joinWorker(state, event)
    case 'worker-left':
      return leaveWorker(state, event.workerId, nowMs)
    case 'work-requested':
      return [grantWork(state, event, nowMs)]
    case 'lease-returned':
    case 'result-refused':
      return giveBack(state, event, nowMs)
    case 'result-received':
      return receiveResult(state, event)
    case 'step-made-durable':
      return openNextStep(state, event, nowMs)
    case 'clock-advanced':
      return expireLeases(state, nowMs)
  }
}

type Of<K extends CoreEvent['kind']> = Extract<CoreEvent, { kind: K }>

function runOf(state: CoreState, runId: RunId): RunProgress {
  const progress = state.runs.get(runId)
  if (progress === undefined) throw new Error(`run ${runId} is not open`)
  return progress
}

function joinWorker(state: CoreState, { workerId, deterministic }: Of<'worker-joined'>): Effect[] {
  const known = state.workers.get(workerId)
  if (known === undefined) {
    state.workers.set(workerId, newWorker(workerId, deterministic))
    return []
  }
  known.connected = true
  known.waiting = false
  known.deterministic = deterministic
  const lease = known.leaseId === null ? undefined : state.leases.get(known.leaseId)
  if (lease !== undefined) lease.abandoned = false
  return []
}

/** LS1: the task is offered to others at once; the lease is honoured until its deadline. */
function leaveWorker(state: CoreState, workerId: WorkerId, nowMs: number): Effect[] {
  const worker = state.workers.get(workerId)
  if (worker === undefined) return []
  worker.connected = false
  worker.waiting = false
  const lease = worker.leaseId === null ? undefined : state.leases.get(worker.leaseId)
  if (lease === undefined) {
    state.workers.delete(workerId)
    return []
  }
  lease.abandoned = true
  return announceWork(state, nowMs)
}

function grantWork(state: CoreState, event: Of<'work-requested'>, nowMs: number): Effect {
  const worker = state.workers.get(event.workerId)
  if (worker === undefined) throw new Error(`worker ${event.workerId} has not joined`)
  worker.shards = event.shards
  if (event.imagesPerSecond !== undefined) worker.imagesPerSecond = event.imagesPerSecond
  const held = worker.leaseId === null ? undefined : state.leases.get(worker.leaseId)
  const lease = held ?? newLease(state, worker, nowMs)
  worker.waiting = lease === null
  if (lease === null) return { kind: 'keep-idle', workerId: worker.id }
  const progress = runOf(state, lease.runId)
  const evaluation = progress.evaluations.find(({ slots }) => slots.includes(lease.slot))
  return {
    kind: 'grant-lease',
    workerId: worker.id,
    lease: {
      leaseId: lease.id,
      durationMs: lease.deadlineMs - nowMs,
      run: progress.run.description,
      checkpoint: evaluation?.order.checkpoint ?? progress.checkpoint,
      task: lease.slot.task,
    },
  }
}

function newLease(state: CoreState, worker: WorkerState, nowMs: number): LeaseRecord | null {
  const assignment = nextAssignment(state, worker, nowMs)
  if (assignment === null) return null
  const { progress, slot } = assignment
  if (slot.state.kind !== 'open') throw new Error('only open tasks are assigned')
  const lease: LeaseRecord = {
    id: `${state.boot}-${(state.leasesGranted++).toString(36)}` as LeaseId,
    workerId: worker.id,
    runId: progress.run.description.id,
    slot,
    grantedAtMs: nowMs,
    deadlineMs: nowMs + leaseDurationMs(worker, slot.images),
    abandoned: false,
  }
  slot.state.leases.push(lease)
  state.leases.set(lease.id, lease)
  worker.leaseId = lease.id
  return lease
}

function giveBack(
  state: CoreState,
  event: Of<'lease-returned'> | Of<'result-refused'>,
  nowMs: number,
): Effect[] {
  const lease = state.leases.get(event.leaseId)
  if (lease === undefined || lease.workerId !== event.workerId) return []
  dropLease(state, lease)
  const failed = event.kind === 'result-refused' || event.reason !== 'stopped'
  if (failed && lease.slot.state.kind === 'open') {
    lease.slot.failures.push({ workerId: event.workerId, message: event.message ?? 'no reason given' })
    if (isHopeless(lease.slot)) return pauseRun(state, runOf(state, lease.runId), hopelessReason(lease.slot))
  }
  return announceWork(state, nowMs)
}

function expireLeases(state: CoreState, nowMs: number): Effect[] {
  const effects: Effect[] = []
  for (const lease of state.leases.values()) {
    if (lease.deadlineMs > nowMs || lease.slot.state.kind === 'accepted') continue
    const worker = state.workers.get(lease.workerId)
    dropLease(state, lease)
    if (worker === undefined) continue
    worker.missedDeadlines++
    if (worker.connected) effects.push({ kind: 'revoke-lease', workerId: worker.id, leaseId: lease.id })
    else state.workers.delete(worker.id)
  }
  return [...effects, ...announceWork(state, nowMs)]
}

function dropLease(state: CoreState, lease: LeaseRecord): void {
  state.leases.delete(lease.id)
  const { slot } = lease
  if (slot.state.kind === 'open') slot.state.leases = slot.state.leases.filter((other) => other !== lease)
  const worker = state.workers.get(lease.workerId)
  if (worker?.leaseId === lease.id) worker.leaseId = null
}

/** LS2: with the new checkpoint all leases of the old step are void. */
function openNextStep(
  state: CoreState,
  { runId, checkpoint }: Of<'step-made-durable'>,
  nowMs: number,
): Effect[] {
  const progress = runOf(state, runId)
  const old = new Set(progress.slots)
  for (const lease of state.leases.values()) if (old.has(lease.slot)) dropLease(state, lease)
  advanceTo(progress, checkpoint)
  const finished = progress.state === 'finished'
  return [
    { kind: 'announce-step', runId, step: checkpoint.step, checkpoint: checkpoint.checkpoint, finished },
    ...announceWork(state, nowMs),
  ]
}

function changeRunState(
  state: CoreState,
  { runId, state: wished }: Of<'run-state-changed'>,
  nowMs: number,
): Effect[] {
  const progress = runOf(state, runId)
  progress.state = wished
  if (wished === 'paused' || wished === 'stopped') return revokeLeases(state, progress)
  reopen(progress)
  return announceWork(state, nowMs)
}

function pauseRun(state: CoreState, progress: RunProgress, reason: string): Effect[] {
  progress.state = 'paused'
  return [{ kind: 'pause-run', runId: progress.run.description.id, reason }, ...revokeLeases(state, progress)]
}

/** Their workers are free; what they have nearly done is still accepted until the deadline. */
function revokeLeases(state: CoreState, progress: RunProgress): Effect[] {
  const slots = new Set(allSlots(progress))
  const effects: Effect[] = []
  for (const lease of state.leases.values()) {
    const worker = state.workers.get(lease.workerId)
    if (!slots.has(lease.slot) || worker?.leaseId !== lease.id) continue
    lease.abandoned = true
    worker.leaseId = null
    effects.push({ kind: 'revoke-lease', workerId: worker.id, leaseId: lease.id })
  }
  return effects
}

/** Tells the idle workers that could be given something now. Each asks, and the first to ask gets it. */
function announceWork(state: CoreState, nowMs: number): Effect[] {
  const workerIds: WorkerId[] = []
  for (const worker of state.workers.values()) {
    if (!worker.waiting || !worker.connected || nextAssignment(state, worker, nowMs) === null) continue
    worker.waiting = false
    workerIds.push(worker.id)
  }
  return workerIds.length === 0 ? [] : [{ kind: 'announce-work', workerIds }]
}
