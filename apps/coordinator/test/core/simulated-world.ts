/**
 * The core among simulated volunteers on a virtual clock: they join, leave, reload, fall silent, deliver late or twice, fail;
 * the operator pauses and resumes; steps fault; the coordinator is killed and rebuilt from what its store holds. Volunteers
 * are as dumb as the protocol allows: one that was told to be idle does nothing until it is told of work.
 */

import { hashOfText } from '@worldflora/protocol/hash'
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'
import { RandomStream } from '@worldflora/protocol/random'
import { expect } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import type { CoreEvent, Effect } from '../../src/core/events.ts'
import { checkpointAt, runOf, Story } from './fixture.ts'
import { brokenInvariant } from './invariants.ts'
import { POISON, SimulatedRun } from './simulated-run.ts'

const MOST_EVENTS = 40_000
const BITS = hashOfText('bits')

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>

type Doing = { kind: 'away' } | { kind: 'asking' } | { kind: 'idle' } | { kind: 'working'; lease: Lease }

type Volunteer = {
  id: WorkerId
  deterministic: boolean
  /** Keeps its connection, and never does anything once it has a lease. */
  isZombie: boolean
  doing: Doing
  /** The lease that a lost connection has not stopped. */
  unfinished: Lease | null
  /** Leases it once had: their results may come late, or twice. */
  past: LeaseId[]
}

export class SimulatedWorld {
  readonly #random: RandomStream
  readonly #runs: SimulatedRun[]
  readonly #volunteers: Volunteer[]
  /** In every second world; in the others nothing that is stuck is ever freed by a new start. */
  readonly #isKilled: boolean
  readonly #leased = new Map<LeaseId, string>()
  #story: Story
  #boots = 0
  /** What happened, by kind: a simulation in which nothing goes wrong would prove nothing. */
  readonly happened = new Map<string, number>()

  constructor(seed: number) {
    // Any stream will do: the core itself takes no chance.
    const random = new RandomStream(seed, 'permuteTasks', 0xc0de)
    this.#random = random
    this.#isKilled = random.below(2) === 0
    this.#runs = Array.from({ length: 1 + random.below(2) }, (_, i) => new SimulatedRun(random, seed, i))
    this.#volunteers = Array.from({ length: 2 + random.below(7) }, (_, i) => newVolunteer(random, i))
    this.#story = this.#boot(0)
  }

  play(): void {
    for (let events = 0; !this.#isOver(); events++) {
      if (events === MOST_EVENTS) throw new Error('the runs do not complete')
      this.#story.nowMs += this.#random.below(1500)
      const wakeAtMs = nextWakeAtMs(this.#story.state, this.#story.nowMs)
      if (wakeAtMs !== null && this.#isChance(wakeAtMs <= this.#story.nowMs ? 70 : 2)) {
        this.#story.nowMs = Math.max(this.#story.nowMs, wakeAtMs)
        this.#tell({ kind: 'clock-advanced' })
      } else this.#somethingHappens()
    }
    for (const run of this.#runs) {
      run.expectComplete()
      expect(this.#story.state.runs.get(run.id)!.state).toBe('finished')
    }
  }

  #isOver(): boolean {
    return this.#runs.every(({ state, pending }) => state === 'finished' && pending.length === 0)
  }

  #somethingHappens(): void {
    const run = this.#one(this.#runs)
    const isRunning = run.state === 'running'
    if (run.isClosing && this.#isChance(30)) this.#closeStep(run)
    else if (this.#isKilled && this.#isChance(0.5)) this.#crash()
    else if (isRunning && this.#isChance(0.5)) this.#changeState(run, 'paused')
    else if (run.state === 'paused' && this.#isChance(20)) this.#changeState(run, 'running')
    else if (this.#isChance(3)) this.#deliverPast(this.#one(this.#volunteers))
    else this.#act(this.#one(this.#volunteers))
  }

  #act(volunteer: Volunteer): void {
    const { doing } = volunteer
    if (doing.kind === 'away') this.#join(volunteer)
    else if (this.#isChance(4)) this.#leave(volunteer)
    else if (doing.kind === 'asking') this.#ask(volunteer)
    else if (doing.kind === 'working' && !volunteer.isZombie) this.#work(volunteer, doing.lease)
  }

  #work(volunteer: Volunteer, lease: Lease): void {
    const { id: workerId } = volunteer
    const { leaseId } = lease
    const chance = this.#random.below(100)
    if (lease.tasks.some((task) => this.#run(lease.run.id).isPoisoned(task)))
      this.#giveBack(volunteer, leaseId, 'failed', POISON)
    else if (chance < 70) this.#deliver(volunteer, lease)
    else if (chance < 78)
      this.#giveBack(volunteer, leaseId, (['failed', 'stopped', 'unfit'] as const)[chance % 3]!)
    else if (chance < 80) {
      volunteer.doing = { kind: 'asking' }
      this.#tell({ kind: 'result-refused', workerId, leaseId, message: 'not finite' })
    } else if (chance < 83) volunteer.doing = { kind: 'asking' }
  }

  #join(volunteer: Volunteer): void {
    if (this.#isChance(3)) volunteer.deterministic = !volunteer.deterministic
    const { unfinished } = volunteer
    volunteer.doing = unfinished === null ? { kind: 'asking' } : { kind: 'working', lease: unfinished }
    volunteer.unfinished = null
    this.#tell({ kind: 'worker-joined', workerId: volunteer.id, deterministic: volunteer.deterministic })
  }

  #leave(volunteer: Volunteer): void {
    const { doing } = volunteer
    if (doing.kind === 'working' && this.#isChance(50)) volunteer.unfinished = doing.lease
    volunteer.doing = { kind: 'away' }
    this.#tell({ kind: 'worker-left', workerId: volunteer.id })
  }

  #ask(volunteer: Volunteer): void {
    const pace = this.#isChance(50) ? { imagesPerSecond: 1 + this.#random.below(20) } : {}
    this.#tell({ kind: 'work-requested', workerId: volunteer.id, holding: [], shards: new Set(), ...pace })
  }

  #deliver(volunteer: Volunteer, { leaseId }: Lease): void {
    volunteer.doing = { kind: 'asking' }
    this.#tellResult(volunteer.id, leaseId)
  }

  #tellResult(workerId: WorkerId, leaseId: LeaseId): void {
    const results = this.#story.tasksOf(leaseId).map((task) => ({ task, digest: BITS }))
    this.#tell({ kind: 'result-received', workerId, leaseId, results })
  }

  #deliverPast(volunteer: Volunteer): void {
    const leaseId = volunteer.past[this.#random.below(Math.max(1, volunteer.past.length))]
    if (leaseId === undefined) return
    if (volunteer.doing.kind === 'working' && volunteer.doing.lease.leaseId === leaseId) {
      volunteer.doing = { kind: 'asking' }
    }
    this.#tellResult(volunteer.id, leaseId)
  }

  #giveBack(
    volunteer: Volunteer,
    leaseId: LeaseId,
    reason: 'failed' | 'stopped' | 'unfit',
    message = '',
  ): void {
    volunteer.doing = { kind: 'asking' }
    this.#tell({ kind: 'lease-returned', workerId: volunteer.id, leaseId, reason, message })
  }

  #changeState(run: SimulatedRun, state: 'running' | 'paused'): void {
    run.state = state === 'running' && run.isThrough ? 'finished' : state
    this.#tell({ kind: 'run-state-changed', runId: run.id, state: run.state })
  }

  /** CK1: the store first; a kill may come before the core hears of it. Or the step comes to nothing. */
  #closeStep(run: SimulatedRun): void {
    const runId = run.id
    if (this.#isChance(4)) {
      run.loseStep()
      this.#tell({ kind: 'run-faulted', runId, reason: 'the disk is full' })
      return
    }
    const order = run.keepStep(this.#isChance(30) ? 1 + this.#random.below(4) : 0)
    if (this.#isKilled && this.#isChance(5)) {
      this.#crash()
      return
    }
    this.#tell({ kind: 'step-made-durable', runId, checkpoint: checkpointAt(run.durable) })
    if (order !== null) this.#tell({ kind: 'evaluation-ordered', runId, order })
  }

  #crash(): void {
    this.#note('crash')
    for (const run of this.#runs) run.loseMemory()
    this.#story = this.#boot(this.#story.nowMs)
    for (const volunteer of this.#volunteers) {
      if (volunteer.doing.kind === 'working') volunteer.unfinished = volunteer.doing.lease
      volunteer.doing = { kind: 'away' }
    }
  }

  #boot(nowMs: number): Story {
    const story = new Story([], `boot${this.#boots++}`)
    story.nowMs = nowMs
    for (const { id, scene, durable, state, pending } of this.#runs) {
      story.tell({ kind: 'run-opened', run: { ...runOf(scene, durable), state } })
      for (const order of pending) story.tell({ kind: 'evaluation-ordered', runId: id, order })
    }
    return story
  }

  #tell(event: CoreEvent): void {
    this.#note(event.kind)
    for (const effect of this.#story.tell(event)) {
      this.#note(effect.kind === 'pause-run' ? `pause after ${event.kind}` : effect.kind)
      this.#obey(effect)
    }
    const broken = brokenInvariant(this.#story.state, this.#story.nowMs)
    if (broken !== null) throw new Error(`after ${event.kind}: ${broken}`)
    this.#expectAgreement()
  }

  /** What the core believes of the world is so. */
  #expectAgreement(): void {
    const { workers, waiting, runs } = this.#story.state
    for (const { id, doing } of this.#volunteers) {
      const worker = workers.get(id)
      const isWaiting = worker !== undefined && waiting.has(worker)
      if (isWaiting !== (doing.kind === 'idle')) throw new Error(`${id} waits for nothing, or unknown`)
    }
    for (const { id, isClosing } of this.#runs) {
      const step = runs.get(id)?.step
      const isComplete = step != null && step.accepted === step.slots.length
      if (isComplete !== isClosing) throw new Error(`${id} is stuck at a step that is complete`)
    }
  }

  #obey(effect: Effect): void {
    if (effect.kind === 'grant-lease') this.#takeLease(this.#volunteer(effect.workerId), effect.lease)
    else if (effect.kind === 'keep-idle') this.#volunteer(effect.workerId).doing = { kind: 'idle' }
    else if (effect.kind === 'announce-work') this.#wake(effect.workerIds)
    else if (effect.kind === 'revoke-lease') this.#stop(this.#volunteer(effect.workerId), effect)
    else if (effect.kind === 'accept-result')
      for (const key of effect.keys) this.#run(key.runId).takeResult(key)
    else if (effect.kind === 'note-late-result')
      expect(
        effect.late.every(({ sameBits }) => sameBits),
        'SD1',
      ).toBe(true)
    else if (effect.kind === 'close-step') this.#run(effect.runId).close(effect)
    else if (effect.kind === 'close-evaluation') this.#run(effect.runId).closeEvaluation(effect.step)
    else if (effect.kind === 'pause-run') this.#run(effect.runId).pause(effect)
    else if (effect.kind === 'announce-step') this.#run(effect.runId).announce(effect)
  }

  #wake(workerIds: WorkerId[]): void {
    for (const volunteer of workerIds.map((id) => this.#volunteer(id))) {
      expect(volunteer.doing.kind, 'only idle workers are told of work').toBe('idle')
      volunteer.doing = { kind: 'asking' }
    }
  }

  #stop(volunteer: Volunteer, { leaseId, tasks }: EffectOf<'revoke-lease'>): void {
    const { doing } = volunteer
    expect(doing.kind, 'nobody away is told anything').not.toBe('away')
    if (tasks !== undefined) return
    if (doing.kind === 'working' && doing.lease.leaseId === leaseId) volunteer.doing = { kind: 'asking' }
  }

  #takeLease(volunteer: Volunteer, lease: Lease): void {
    const { leaseId, run, tasks, checkpoint } = lease
    const [task] = tasks
    const { state } = this.#story
    const name = `${run.id}/${task.kind}/${task.step}`
    expect(this.#leased.get(leaseId) ?? name, 'an id never names two leases').toBe(name)
    this.#leased.set(leaseId, name)
    expect(volunteer.deterministic || run.config.backend === 'any', 'SD2').toBe(true)
    expect(this.#run(run.id).state, 'halted runs give no work').not.toBe('paused')
    expect(checkpoint.step, 'LS2').toBe(task.step)
    expect(lease.durationMs).toBeGreaterThan(0)
    const isNew = !volunteer.past.includes(leaseId)
    for (const slot of state.leases.get(leaseId)!.due) {
      if (!isNew || slot.state.kind !== 'open') continue
      expect(slot.state.leases.filter(({ abandoned }) => !abandoned).length, 'LS3').toBeLessThanOrEqual(2)
      if (slot.state.leases.filter(({ abandoned }) => !abandoned).length === 2) this.#note('backup')
    }
    if (isNew) volunteer.past.push(leaseId)
    volunteer.doing = { kind: 'working', lease }
  }

  #volunteer(workerId: WorkerId): Volunteer {
    return this.#volunteers.find(({ id }) => id === workerId)!
  }

  #run(runId: RunId): SimulatedRun {
    return this.#runs.find(({ id }) => id === runId)!
  }

  #one<T>(of: T[]): T {
    return of[this.#random.below(of.length)]!
  }

  #isChance(percent: number): boolean {
    return this.#random.below(1000) < 10 * percent
  }

  #note(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1)
  }
}

/** The first two are of use to any run. */
function newVolunteer(random: RandomStream, index: number): Volunteer {
  return {
    id: `v${index}` as WorkerId,
    deterministic: index < 2 || random.below(3) > 0,
    isZombie: index >= 2 && random.below(5) === 0,
    doing: { kind: 'away' },
    unfinished: null,
    past: [],
  }
}
