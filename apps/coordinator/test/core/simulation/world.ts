/** The core among simulated volunteers on a virtual clock: everything that happens follows from the seed. */
import type { RunId } from '@worldflora/protocol/ids'
import type { advance } from '../../../src/core/advance.ts'
import type { CoreState, createCore, nextWakeAtMs } from '../../../src/core/core-state.ts'
import type { CoreEvent, Effect } from '../../../src/core/events.ts'
import { Chance } from './chance.ts'
import { Coordinator } from './coordinator.ts'
import { EventLog } from './event-log.ts'
import { brokenInvariant, brokenNearby } from './invariants.ts'
import { must } from './must.ts'
import { noticeMs } from './network.ts'
import { Operator } from './operator.ts'
import { type Scenario, scenarioOf, type Trouble } from './scenario.ts'
import { SimulatedRun } from './simulated-run.ts'
import { VirtualTime } from './virtual-time.ts'
import { Volunteer } from './volunteer.ts'
import { Witness } from './witness.ts'

export type Core = {
  createCore: typeof createCore
  advance: typeof advance
  nextWakeAtMs: typeof nextWakeAtMs
}

export type Mishap = 'fails' | 'vanishes' | 'reloads' | 'stops' | 'cutOff' | 'freezes'
const MISHAPS: readonly Mishap[] = ['fails', 'vanishes', 'reloads', 'stops', 'cutOff', 'freezes']

/** Whole walks through the core's state; in small worlds at every event. */
const FULL_CHECK_EVERY = 1000
const SMALL = 8

export class World {
  readonly core: Core
  readonly chance: Chance
  readonly scenario: Scenario
  readonly time = new VirtualTime()
  /** What happened, by kind: a simulation in which nothing goes wrong would prove nothing. */
  readonly happened = new Map<string, number>()
  readonly witness = new Witness(
    (what) => this.note(what),
    (leaseId) => this.coordinator.state!.leases.get(leaseId)!.stragglesFromMs,
  )
  readonly log = new EventLog()
  events = 0
  readonly coordinator: Coordinator
  readonly runs: readonly SimulatedRun[]
  readonly #volunteers: readonly Volunteer[]

  constructor(seed: number, core: Core) {
    this.core = core
    this.chance = new Chance(seed)
    this.scenario = scenarioOf(this.chance)
    this.coordinator = new Coordinator(this)
    this.runs = this.scenario.runs.map((planned) => new SimulatedRun(this, planned))
    this.#volunteers = Array.from(
      { length: this.scenario.volunteers },
      (_, seat) => new Volunteer(this, seat),
    )
  }

  begin(): void {
    const { chance, scenario, time } = this
    this.coordinator.boot()
    for (const volunteer of this.#volunteers) {
      time.after(chance.uniform() * scenario.gatheringMs, () => volunteer.arrive())
    }
    new Operator(this).begin()
    this.#crashNow(false)
  }

  #crashNow(isDue: boolean): void {
    const { crashEveryMs } = this.scenario
    if (crashEveryMs === null || !this.isTroubled) return
    if (isDue) this.coordinator.crash()
    this.time.after(this.chance.exponential(crashEveryMs), () => this.#crashNow(true))
  }

  get isOver(): boolean {
    return this.runs.every(({ isOver }) => isOver)
  }

  get isTroubled(): boolean {
    return this.time.nowMs < this.scenario.calmAtMs
  }

  /** In the other scenarios nothing that is stuck is ever freed by a new start. */
  get crashes(): boolean {
    return this.scenario.crashEveryMs !== null
  }

  get trouble(): Trouble {
    return this.isTroubled ? this.scenario.trouble : NONE
  }

  run(runId: RunId): SimulatedRun {
    return this.runs.find(({ id }) => id === runId)!
  }

  noticeMs(): number {
    return noticeMs(this)
  }

  /** What befalls a lease, if anything does. */
  mishap(): Mishap | null {
    const { trouble } = this
    let chance = this.chance.uniform()
    for (const mishap of MISHAPS) {
      chance -= trouble[mishap]
      if (chance < 0) return mishap
    }
    return null
  }

  /** After each event: what it touched; now and then, and in small worlds always, all there is. */
  observe(state: CoreState, event: CoreEvent, effects: readonly Effect[]): void {
    const { nowMs } = this.time
    this.events++
    this.log.add(nowMs, event, effects)
    this.note(event.kind)
    for (const { kind } of effects) this.note(kind)
    this.witness.witness(event, effects, nowMs)
    const isSmall = this.scenario.volunteers <= SMALL
    if (isSmall || this.events % FULL_CHECK_EVERY === 0) this.checkAll()
    else mustBeNone(brokenNearby(state, event, effects))
    must(state.waiting.size === this.witness.waiting.size, 'who waits is miscounted')
  }

  checkAll(): void {
    const { state } = this.coordinator
    if (state === null) return
    mustBeNone(brokenInvariant(state, this.time.nowMs))
    for (const { id } of state.waiting.keys()) must(this.witness.waiting.has(id), `${id} waits for nothing`)
  }

  /** In words, for when it is stuck. */
  standing(): string {
    return this.runs
      .map(({ id, state, durable, steps }) => `${id} is ${state} at step ${durable} of ${steps}`)
      .join(', ')
  }

  note(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1)
  }
}

function mustBeNone(broken: string | null): void {
  if (broken !== null) throw new Error(broken)
}

const NONE: Trouble = {
  fails: 0,
  straggles: 0,
  vanishes: 0,
  reloads: 0,
  stops: 0,
  cutOff: 0,
  freezes: 0,
  wrongBytes: 0,
  requestLost: 0,
  replyLost: 0,
  doubled: 0,
  crashesInClosing: 0,
  faults: 0,
  isZombie: 0,
  isLiar: 0,
  isTooSmall: 0,
  isForeign: 0,
  changesDevice: 0,
}
