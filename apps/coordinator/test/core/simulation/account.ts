/** How things stand after all that the core was told and answered, kept without a look into the core. */
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { RunState } from '@worldflora/protocol/runs'
import type { CoreEvent, EventOf, OpenRun } from '../../../src/core/events.ts'
import {
  groupsOf,
  isDeterministic,
  isOpenIn,
  isThrough,
  type KnownLease,
  type KnownRun,
  type KnownWorker,
  newGroup,
} from './known.ts'

export class Account {
  readonly runs = new Map<RunId, KnownRun>()
  readonly workers = new Map<WorkerId, KnownWorker>()
  readonly leases = new Map<LeaseId, KnownLease>()
  /** Those that were told to be idle, and of no work since. */
  readonly waiting = new Set<WorkerId>()
  /** When the clock was last heard: what was due by then has ended. */
  #struckMs = -1

  /** The coordinator was killed: what it knew is gone. */
  forgetAll(): void {
    for (const known of [this.runs, this.workers, this.leases, this.waiting]) known.clear()
  }

  hear(event: CoreEvent, nowMs: number): void {
    switch (event.kind) {
      case 'run-opened':
        this.#open(event.run)
        break
      case 'run-closed':
        this.#close(event.runId)
        break
      case 'run-state-changed':
        changeState(this.run(event.runId), event.state)
        break
      case 'evaluation-ordered': {
        const { step, tasks } = event.order
        const run = this.run(event.runId)
        run.evaluations.set(step, newGroup({ run, kind: 'evaluate', step }, tasks.length))
        break
      }
      case 'run-faulted':
        beginStep(this.run(event.runId), this.run(event.runId).step!.step)
        break
      case 'step-made-durable':
        beginStep(this.run(event.runId), event.checkpoint.step)
        break
      case 'worker-joined':
        this.#join(event)
        break
      case 'worker-left':
        this.worker(event.workerId).isHere = false
        this.waiting.delete(event.workerId)
        break
      case 'work-requested':
        this.#expire(this.worker(event.workerId), nowMs)
        this.worker(event.workerId).imagesPerSecond =
          event.imagesPerSecond ?? this.worker(event.workerId).imagesPerSecond
        break
      case 'clock-advanced':
        this.#struckMs = nowMs
    }
  }

  #open(open: OpenRun): void {
    const run: KnownRun = { open, state: open.state, step: null, evaluations: new Map(), measured: null }
    this.runs.set(open.description.id, run)
    beginStep(run, open.checkpoint.step)
  }

  #close(runId: RunId): void {
    const run = this.run(runId)
    for (const group of groupsOf(run)) group.isOver = true
    if (run.measured !== null) run.measured.isOver = true
    this.runs.delete(runId)
    for (const { unfitFor } of this.workers.values()) {
      for (const work of unfitFor) if (work.startsWith(`${runId}/`)) unfitFor.delete(work)
    }
  }

  #join({ workerId, deterministic }: EventOf<'worker-joined'>): void {
    const worker = this.workers.get(workerId) ?? {
      deterministic,
      isHere: true,
      imagesPerSecond: null,
      leases: new Set(),
      unfitFor: new Set(),
    }
    this.workers.set(workerId, worker)
    worker.isHere = true
    worker.unfitFor.clear()
    this.waiting.delete(workerId)
    if (worker.deterministic && !deterministic) {
      for (const lease of worker.leases) if (isDeterministic(lease.group.run)) lease.isVoid = true
    }
    worker.deterministic = deterministic
  }

  /** Who asks may be ahead of the clock. */
  #expire({ leases }: KnownWorker, nowMs: number): void {
    for (const lease of leases) {
      if (lease.deadlineMs <= nowMs && !lease.isRevoked && !isThrough(lease)) lease.isVoid = true
    }
  }

  /** Which of its leases a worker was told it still has: it drops the others. */
  told(workerId: WorkerId, leaseIds: readonly LeaseId[]): void {
    const { leases } = this.worker(workerId)
    for (const lease of leases) {
      if (!leaseIds.includes(lease.id)) lease.isRevoked = true
      if (lease.isVoid || lease.group.isOver) leases.delete(lease)
    }
  }

  run(runId: RunId): KnownRun {
    return this.runs.get(runId)!
  }

  worker(workerId: WorkerId): KnownWorker {
    return this.workers.get(workerId)!
  }

  unfinishedOf({ leases }: KnownWorker): number {
    let unfinished = 0
    for (const lease of leases) {
      if (lease.isVoid || lease.group.isOver) leases.delete(lease)
      else if (this.isAlive(lease) && !lease.isRevoked && lease.tasks.some((task) => isOpenIn(lease, task)))
        unfinished++
    }
    return unfinished
  }

  /** Nothing has ended it. */
  isAlive({ isVoid, group, deadlineMs }: KnownLease): boolean {
    return !isVoid && !group.isOver && deadlineMs > this.#struckMs
  }

  /** With all its tasks accepted, a lease has no deadline any more: a late copy is still compared. */
  isHonoured(lease: KnownLease, nowMs: number): boolean {
    if (lease.isVoid || lease.group.isOver || lease.group.run.state === 'stopped') return false
    return nowMs <= lease.deadlineMs || isThrough(lease)
  }

  /** Its worker is here and, for all that it was told, at the task. */
  isAtTask(lease: KnownLease, task: number): boolean {
    return isOpenIn(lease, task) && !lease.isRevoked && this.worker(lease.workerId).isHere
  }
}

function beginStep(run: KnownRun, step: number): void {
  if (run.step !== null) run.step.isOver = true
  const { plan } = run.open
  run.step = step < plan.steps ? newGroup({ run, kind: 'gradient', step }, plan.tasksOf(step).length) : null
  if (run.step === null) run.state = 'finished'
}

/** Resumed, everybody may try again. */
function changeState(run: KnownRun, state: RunState): void {
  run.state = state
  if (state === 'paused' || state === 'stopped') return
  for (const { failed } of groupsOf(run)) {
    for (const task of failed) task.failures = []
    failed.clear()
  }
}
