/**
 * Judges each answer of the core by an account of its own. Nothing here looks into the core, but for when it takes a lease to
 * straggle. Each event costs what it touches.
 */
import type { LeaseId, WorkerId } from '@worldflora/protocol/ids'
import { LEASES_AT_ONCE, TASKS_PER_LEASE } from '@worldflora/protocol/messages'
import type { CoreEvent, Effect, EventOf } from '../../../src/core/events.ts'
import { Account } from './account.ts'
import { canDo, type KnownGroup, type KnownLease, type KnownTask, workName } from './known.ts'
import { must } from './must.ts'

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>
type Answer = EffectOf<'accept-result' | 'note-late-result' | 'ignore-stale-result'>

const INDEPENDENT_WORKERS = 3
const ATTEMPTS_OF_ONE = 5
const RETRY_AFTER_MS = 60_000

export class Witness {
  readonly #account = new Account()
  readonly #note: (what: string) => void
  readonly #stragglesFromMs: (leaseId: LeaseId) => number

  /** `stragglesFromMs`: of a lease that was granted just now. */
  constructor(note: (what: string) => void, stragglesFromMs: (leaseId: LeaseId) => number) {
    this.#note = note
    this.#stragglesFromMs = stragglesFromMs
  }

  get waiting(): ReadonlySet<WorkerId> {
    return this.#account.waiting
  }

  forgetAll(): void {
    this.#account.forgetAll()
  }

  told(workerId: WorkerId, leaseIds: readonly LeaseId[]): void {
    const { leases } = this.#account
    for (const leaseId of leaseIds)
      must(leases.get(leaseId)?.workerId === workerId, 'CN3: a lease that is not its own')
    this.#account.told(workerId, leaseIds)
  }

  witness(event: CoreEvent, effects: readonly Effect[], nowMs: number): void {
    this.#account.hear(event, nowMs)
    if (event.kind === 'result-received') this.#judgeAnswer(event, effects, nowMs)
    if (event.kind === 'lease-returned' || event.kind === 'result-refused')
      this.#judgeReturn(event, effects, nowMs)
    else if (event.kind !== 'run-faulted') must(!isPaused(effects), 'a run is paused for nothing')
    if (event.kind === 'work-requested') {
      must(
        effects.filter(({ kind }) => kind === 'grant-lease' || kind === 'keep-idle').length === 1,
        'WK1: one answer',
      )
    }
    for (const effect of effects) this.#judge(event, effect, nowMs)
  }

  #judge(event: CoreEvent, effect: Effect, nowMs: number): void {
    const { waiting } = this.#account
    switch (effect.kind) {
      case 'grant-lease':
        this.#judgeGrant(effect, (event as EventOf<'work-requested'>).busyMs, nowMs)
        break
      case 'keep-idle':
        if (effect.ahead !== null) this.#judgeForecast(effect)
        if (mayWait(event as EventOf<'work-requested'>)) waiting.add(effect.workerId)
        break
      case 'announce-work':
        for (const workerId of effect.workerIds)
          must(waiting.delete(workerId), 'WK2: one is woken that does not wait')
        break
      case 'revoke-lease':
        this.#judgeRevocation(effect)
        break
      case 'pause-run':
        this.#account.run(effect.runId).state = 'paused'
        break
      case 'close-step':
        judgeClosing(this.#account.run(effect.runId).step, effect.step)
        break
      case 'close-evaluation': {
        const run = this.#account.run(effect.runId)
        const group = run.evaluations.get(effect.step) ?? null
        judgeClosing(group, effect.step)
        run.evaluations.delete(effect.step)
        // LS3: until the next one is through, late copies are compared.
        if (run.measured !== null) run.measured.isOver = true
        run.measured = group
      }
    }
  }

  #judgeForecast({ workerId, ahead }: EffectOf<'keep-idle'>): void {
    const run = this.#account.run(ahead!.run.id)
    must(
      canDo(this.#account.worker(workerId), run, 'gradient'),
      'WK14: foretold to a device that it is not for',
    )
    must(run.state === 'running', 'WK14: foretold of a halted run')
    const isNext = ahead!.tasks.every(({ step }) => step === run.step!.step + 1)
    must(isNext, 'WK14: foretold of another step than the next')
    this.#note('forecast')
  }

  #judgeRevocation({ workerId, leaseId, tasks }: EffectOf<'revoke-lease'>): void {
    const lease = this.#account.leases.get(leaseId)
    const isHere = this.#account.worker(workerId).isHere
    must(lease?.workerId === workerId && isHere, 'WK5: it is not its lease, or it is away')
    if (tasks === undefined) lease!.isRevoked = true
    else for (const task of tasks) lease!.gone.add(task)
    if (tasks !== undefined) this.#note('tasks revoked')
  }

  // Leases.

  #judgeGrant({ workerId, lease }: EffectOf<'grant-lease'>, busyMs: number | undefined, nowMs: number): void {
    const account = this.#account
    account.waiting.delete(workerId)
    const known = account.leases.get(lease.leaseId)
    if (known !== undefined) {
      this.#note('lease given again')
      must(known.workerId === workerId && account.isAlive(known), 'WK1: given again, though it is over')
      return
    }
    const worker = account.worker(workerId)
    const run = account.run(lease.run.id)
    const [first] = lease.tasks
    const group = first.kind === 'gradient' ? run.step : (run.evaluations.get(first.step) ?? null)
    must(worker.isHere, 'granted to one that is away')
    must(
      run.state === 'running' || (run.state === 'finished' && first.kind !== 'gradient'),
      'halted runs give no work',
    )
    must(canDo(worker, run, first.kind), 'SD2, WK6: given to a device that it is not for')
    must(group?.step === first.step && lease.checkpoint.step === first.step, 'LS2: of another checkpoint')
    must(
      lease.durationMs > 0 && lease.tasks.length <= TASKS_PER_LEASE,
      'WK7: no time, or too many tasks for it',
    )
    must(account.unfinishedOf(worker) < LEASES_AT_ONCE, 'WK1: too many leases')
    const granted: KnownLease = {
      id: lease.leaseId,
      workerId,
      group: group!,
      tasks: lease.tasks.map(({ task }) => task),
      deadlineMs: nowMs + lease.durationMs,
      stragglesFromMs: this.#stragglesFromMs(lease.leaseId),
      beginsAtMs: nowMs + (busyMs ?? 0),
      isAhead: busyMs !== undefined,
      images: lease.tasks.reduce((sum, { entries }) => sum + imagesIn(entries), 0),
      isVoid: false,
      isRevoked: false,
      gone: new Set(),
    }
    for (const { kind, step, task } of lease.tasks) {
      must(kind === first.kind && step === first.step, 'tasks of two steps in one lease')
      this.#judgeTask(granted, task, nowMs)
    }
    account.leases.set(granted.id, granted)
    worker.leases.add(granted)
    if (lease.tasks.length > 1) this.#note('lease of several tasks')
  }

  #judgeTask(lease: KnownLease, number: number, nowMs: number): void {
    const account = this.#account
    const task = lease.group.tasks[number]!
    must(task.digest === null, 'a task that is accepted is given out')
    task.leases = task.leases.filter((other) => account.isAlive(other))
    const atIt = task.leases.filter((other) => account.isAtTask(other, number))
    const isLate = atIt.every(({ stragglesFromMs }) => nowMs >= stragglesFromMs)
    must(atIt.length === 0 || !lease.isAhead, 'WK8: one that computes races another')
    must(isLate || this.#isSooner(lease, atIt), 'LS3, WK8: one is raced that is neither late nor slower')
    if (!isLate) this.#note('takeover')
    must(
      atIt.every(({ workerId }) => workerId !== lease.workerId),
      'LS3: one races itself',
    )
    if (atIt.length > 0) this.#note('backup')
    if (atIt.length > 1) this.#note('backup of a backup')
    const own = task.failures.findLast(({ workerId }) => workerId === lease.workerId)
    if (own !== undefined && nowMs < own.atMs + RETRY_AFTER_MS) {
      this.#note('tried again at once')
      must(!this.#mayAnotherTry(lease.group, task), 'WK9: given to one that failed it, while others have not')
    }
    task.leases.push(lease)
  }

  /** By what both said of their pace, it is through with the whole lease before the one holder is with its own. */
  #isSooner(lease: KnownLease, [holder, ...others]: readonly KnownLease[]): boolean {
    if (holder === undefined || others.length > 0) return false
    return this.#endsAtMs(lease) < this.#endsAtMs(holder)
  }

  #endsAtMs({ workerId, beginsAtMs, images }: KnownLease): number {
    const pace = this.#account.worker(workerId).imagesPerSecond
    return pace === null ? Number.POSITIVE_INFINITY : beginsAtMs + (1000 * images) / pace
  }

  #mayAnotherTry({ run, kind }: KnownGroup, { failures }: KnownTask): boolean {
    for (const [workerId, worker] of this.#account.workers) {
      if (!worker.isHere || !canDo(worker, run, kind)) continue
      if (failures.every((failure) => failure.workerId !== workerId)) return true
    }
    return false
  }

  // Results.

  #judgeAnswer(event: EventOf<'result-received'>, effects: readonly Effect[], nowMs: number): void {
    const { workerId, leaseId, results } = event
    const lease = this.#account.leases.get(leaseId)
    const answers = effects.filter(isAnswer)
    must(answers.length === 1, 'RS1: one answer to a result')
    const answer = answers[0]!
    if (answer.kind === 'ignore-stale-result') {
      const isStale =
        lease?.workerId !== workerId || !this.#account.isAlive(lease) || lease.group.run.state === 'stopped'
      must(isStale, 'LS1: a result is ignored while its lease is honoured')
      return
    }
    const isHonoured = lease?.workerId === workerId && this.#account.isHonoured(lease, nowMs)
    must(isHonoured, 'LS1, LS2: a stale result counts')
    const { tasks } = lease!.group
    const late = results.filter(({ task }) => tasks[task]!.digest !== null)
    must((answer.kind === 'accept-result') === (late.length === 0), 'LS3: only what is open can be added')
    if (answer.kind === 'accept-result') noteAccepted(lease!, results)
    else this.#judgeLate(lease!, answer, results)
  }

  #judgeLate(
    { group: { tasks } }: KnownLease,
    { open, late }: EffectOf<'note-late-result'>,
    results: EventOf<'result-received'>['results'],
  ): void {
    const isLate = ({ task }: { task: number }) => tasks[task]!.digest !== null
    const openInFact = results.filter((result) => !isLate(result)).map(({ task }) => task)
    must(open.join() === openInFact.join(), 'partly late: what is open is not said')
    const said = late.map(({ key, sameBits }) => `${key.task} ${sameBits}`)
    const inFact = results
      .filter(isLate)
      .map(({ task, digest }) => `${task} ${tasks[task]!.digest === digest}`)
    must(said.join() === inFact.join(), 'LS3: a late copy is compared')
    if (open.length > 0) this.#note('partly late')
    if (late.some(({ sameBits }) => !sameBits)) this.#note('late copy that differs')
  }

  /** LV1: the third worker to fail a task, or the fifth failure of one, pauses the run; nothing else of this kind does. */
  #judgeReturn(
    event: EventOf<'lease-returned'> | EventOf<'result-refused'>,
    effects: readonly Effect[],
    nowMs: number,
  ): void {
    const { workerId, leaseId } = event
    const lease = this.#account.leases.get(leaseId)
    if (lease?.workerId !== workerId || !this.#account.isAlive(lease)) {
      must(!isPaused(effects), 'LV1: paused for a lease that is over')
      return
    }
    lease.isVoid = true
    const { group } = lease
    const reason = event.kind === 'result-refused' ? 'failed' : event.reason
    if (reason === 'unfit') {
      this.#account.workers.get(workerId)?.unfitFor.add(workName(group.run, group.kind))
    }
    const number = event.task ?? lease.tasks.find((task) => group.tasks[task]!.digest === null)
    const task = number === undefined ? undefined : group.tasks[number]
    if (reason !== 'failed' || task === undefined || task.digest !== null) {
      must(!isPaused(effects), 'LV1: paused without a failure')
      return
    }
    task.failures.push({ workerId, atMs: nowMs })
    group.failed.add(task)
    const isHalted = group.run.state === 'paused' || group.run.state === 'stopped'
    must(
      isPaused(effects) === (isHopeless(task) && !isHalted),
      'LV1: what nobody can do pauses the run, nothing else',
    )
  }
}

/** Who computes asks again once it is free. */
function mayWait({ holding, busyMs }: EventOf<'work-requested'>): boolean {
  return holding.length < LEASES_AT_ONCE && busyMs === undefined
}

function isAnswer(effect: Effect): effect is Answer {
  const { kind } = effect
  return kind === 'accept-result' || kind === 'note-late-result' || kind === 'ignore-stale-result'
}

function isPaused(effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => kind === 'pause-run')
}

function isHopeless({ failures }: KnownTask): boolean {
  const byWorker = new Map<WorkerId, number>()
  for (const { workerId } of failures) byWorker.set(workerId, (byWorker.get(workerId) ?? 0) + 1)
  return byWorker.size >= INDEPENDENT_WORKERS || Math.max(...byWorker.values()) >= ATTEMPTS_OF_ONE
}

function judgeClosing(group: KnownGroup | null, step: number): void {
  const isWhole = group?.step === step && group.accepted === group.tasks.length
  must(isWhole, 'closed before its last task')
}

function noteAccepted(lease: KnownLease, results: EventOf<'result-received'>['results']): void {
  const { group } = lease
  for (const { task, digest } of results) {
    must(lease.tasks.includes(task), 'a task that is not of the lease counts')
    group.tasks[task]!.digest = digest
    group.accepted++
    lease.gone.add(task)
  }
}

function imagesIn(entries: readonly { samples: readonly number[] }[]): number {
  return entries.reduce((sum, { samples }) => sum + samples.length, 0)
}
