/** What the adapters make of a run: a store that survives a kill, sums in memory that do not, and changes one after the other. */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import type { RunState } from '@worldflora/protocol/runs'
import type { Effect, EvaluationOrder, OpenRun } from '../../../src/core/events.ts'
import { checkpointAt, orderAt, runOf } from '../fixture.ts'
import type { Push } from './coordinator.ts'
import { must } from './must.ts'
import type { RunPlanned } from './scenario.ts'
import { StepSum } from './step-sum.ts'
import type { World } from './world.ts'

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>

export const POISON = 'poison'

export class SimulatedRun {
  readonly id: RunId
  readonly #world: World
  readonly #planned: RunPlanned
  readonly #run: OpenRun
  readonly #shards: ReadonlyMap<Hash, number>
  // The store.
  #durable = 0
  #state: RunState = 'running'
  #priority: number
  #pending: EvaluationOrder[] = []
  #announced = 0
  /** Of each step that is through. */
  #samples: number[] = []
  readonly #ordered = new Set<number>()
  readonly #evaluated = new Set<number>()
  /** A task that fails wherever it is computed, until the operator has seen to it. */
  #poison: { step: number; task: number } | null = null
  // The memory.
  #sum: StepSum
  #isClosing = false
  #rows = new Map<number, Set<number>>()
  /** The one under way comes first. */
  #changes: ((done: () => void) => void)[] = []

  constructor(world: World, planned: RunPlanned) {
    this.id = planned.id
    this.#world = world
    this.#planned = planned
    this.#run = runOf(planned)
    this.#priority = this.#run.priority
    this.#shards = new Map(this.#run.trainShards!.map(({ hash }, index) => [hash, index]))
    this.#sum = new StepSum(this.#shards)
    this.#poisonStep()
  }

  get state(): RunState {
    return this.#state
  }

  get pending(): readonly EvaluationOrder[] {
    return this.#pending
  }

  get durable(): number {
    return this.#durable
  }

  get steps(): number {
    return this.#run.plan.steps
  }

  get isOver(): boolean {
    return this.#state === 'finished' && this.#pending.length === 0 && this.#changes.length === 0
  }

  /** As the store has it. */
  opening(): OpenRun {
    return {
      ...this.#run,
      state: this.#state,
      priority: this.#priority,
      checkpoint: checkpointAt(this.#durable),
    }
  }

  isPoisoned({ kind, step, task }: Task): boolean {
    return kind === 'gradient' && this.#poison?.step === step && this.#poison.task === task
  }

  #poisonStep(): void {
    const { chance } = this.#world
    if (this.#durable === this.steps || !chance.is(this.#planned.poison)) return
    this.#poison = { step: this.#durable, task: chance.below(this.#run.plan.tasksOf(this.#durable).length) }
  }

  // What the core asks for.

  takeResult({ keys }: EffectOf<'accept-result'>, { lease, tasks }: Push): void {
    const [{ kind, step }] = tasks as [Task]
    must(
      keys.every((key) => key.runId === this.id && key.kind === kind && key.step === step),
      'the result of another step',
    )
    must(keys.map(({ task }) => task).join() === tasks.map(({ task }) => task).join(), 'a sum of other tasks')
    if (kind === 'gradient') this.#add(lease, tasks)
    else this.#gather(keys[0]!.step, keys[0]!.task)
  }

  #add({ checkpoint }: Lease, tasks: readonly Task[]): void {
    const [{ step }] = tasks as [Task]
    must(
      checkpoint.step === this.#durable && step === this.#durable,
      'LS2: a gradient for another checkpoint',
    )
    must(!this.#isClosing, 'a contribution after the last')
    this.#sum.add(tasks)
  }

  #gather(step: number, task: number): void {
    const rows = this.#rows.get(step) ?? new Set()
    must(!rows.has(task), 'two results of an evaluate task')
    this.#rows.set(step, rows.add(task))
  }

  close({ step, samples }: EffectOf<'close-step'>): void {
    must(step === this.#durable && !this.#isClosing, 'a step that is not in flight is closed')
    const planned = this.#run.plan.tasksOf(step)
    const due = planned.reduce((sum, { entries }) => sum + entries.length, 0)
    must(samples === due, `GB1: the batch has ${samples} samples, not ${due}`)
    const fault = this.#sum.faultAgainst(planned)
    must(fault === null, `GB2, RD1: ${fault}`)
    this.#isClosing = true
    this.#change((done) => this.#reduce(samples, done))
  }

  /** CK1: bytes, row, and only then anybody is told. Killed anywhere between, or it comes to nothing. */
  #reduce(samples: number, done: () => void): void {
    const world = this.#world
    const { chance, coordinator, trouble } = world
    const phase = (what: string, act: () => void) =>
      coordinator.later(chance.exponential(300), () => {
        if (world.isTroubled && world.crashes && chance.is(trouble.crashesInClosing / 4)) {
          world.note(`crash ${what}`)
          coordinator.crash()
        } else act()
      })
    phase('before the bytes', () => {
      if (world.isTroubled && chance.is(trouble.faults)) this.#fault(done)
      else
        phase('between bytes and row', () => {
          const order = this.#keep(samples)
          phase('between row and announcement', () => {
            coordinator.say({
              kind: 'step-made-durable',
              runId: this.id,
              checkpoint: checkpointAt(this.#durable),
            })
            if (order !== null) coordinator.say({ kind: 'evaluation-ordered', runId: this.id, order })
            done()
          })
        })
    })
  }

  #fault(done: () => void): void {
    this.#loseStep()
    this.#world.coordinator.say({ kind: 'run-faulted', runId: this.id, reason: 'the disk is full' })
    done()
  }

  /** The row: from here on the step counts. The last one always has an evaluation. */
  #keep(samples: number): EvaluationOrder | null {
    const { chance } = this.#world
    this.#loseStep()
    this.#samples.push(samples)
    this.#durable++
    this.#poisonStep()
    const isThrough = this.#durable === this.steps
    if (isThrough) this.#state = 'finished'
    if (!isThrough && !chance.is(this.#planned.evaluation)) return null
    const order = orderAt(this.#durable, chance.between(1, 4))
    this.#pending.push(order)
    this.#ordered.add(order.step)
    return order
  }

  closeEvaluation(step: number): void {
    const order = this.#pending.find((pending) => pending.step === step)
    const isWhole = order !== undefined && this.#rows.get(step)?.size === order.tasks.length
    must(isWhole, 'an evaluation is closed without its rows')
    this.#change((done) => {
      this.#world.coordinator.later(this.#world.chance.exponential(50), () => {
        this.#rows.delete(step)
        // It may have been dropped meanwhile.
        if (this.#pending.includes(order!)) this.#evaluated.add(step)
        this.#pending = this.#pending.filter((pending) => pending !== order)
        done()
      })
    })
  }

  announce({ step }: EffectOf<'announce-step'>): void {
    must(step === this.#durable, 'CK1: a step is announced that is not durable')
    must(step > this.#announced, 'a step is announced twice')
    const isFinished = this.#world.coordinator.state!.runs.get(this.id)!.state === 'finished'
    must(isFinished === (step === this.steps), 'the core ends the run with another step than its last')
    this.#announced = step
  }

  pause({ reason }: EffectOf<'pause-run'>): void {
    this.#state = 'paused'
    if (!reason.includes(POISON)) return
    must(/gradient task \d+ .* samples: \d/i.test(reason), 'LV1: the operator is told what to look at')
    this.#world.note('hopeless task')
    this.#poison = null
  }

  // What the operator asks for.

  setState(wish: 'running' | 'paused' | 'stopped'): void {
    this.#change((done) => {
      const { coordinator, chance } = this.#world
      coordinator.later(chance.exponential(50), () => {
        const isThrough = this.#durable === this.steps
        const next = wish === 'running' && isThrough ? 'finished' : wish
        if (this.#state !== 'finished' && this.#state !== next) {
          this.#state = next
          if (!coordinator.isOpen(this)) coordinator.open(this)
          else coordinator.say({ kind: 'run-state-changed', runId: this.id, state: next })
        }
        done()
      })
    })
  }

  setPriority(priority: number): void {
    this.#priority = priority
    const { coordinator } = this.#world
    if (coordinator.isOpen(this)) coordinator.say({ kind: 'run-priority-changed', runId: this.id, priority })
  }

  /** LC3: to some step before, and paused. */
  rollBack(): void {
    this.#change((done) => {
      const { coordinator, chance } = this.#world
      if (this.#durable === 0 || (this.#state !== 'paused' && this.#state !== 'stopped')) return done()
      this.#world.note('rolled back')
      if (coordinator.isOpen(this)) coordinator.say({ kind: 'run-closed', runId: this.id })
      this.#loseStep()
      this.#rows.clear()
      coordinator.later(chance.exponential(100), () => {
        this.#dropAfter(chance.below(this.#durable))
        coordinator.open(this)
        done()
      })
    })
  }

  #dropAfter(step: number): void {
    this.#durable = step
    this.#announced = Math.min(this.#announced, step)
    this.#state = 'paused'
    this.#poison = null
    this.#samples.length = step
    this.#pending = this.#pending.filter((order) => order.step <= step)
    for (const known of [this.#ordered, this.#evaluated]) {
      for (const later of known) if (later > step) known.delete(later)
    }
  }

  #change(job: (done: () => void) => void): void {
    this.#changes.push(job)
    if (this.#changes.length === 1) this.#nextChange()
  }

  /** Not within the event that asked for it. */
  #nextChange(): void {
    this.#world.coordinator.later(0, () =>
      this.#changes[0]!(() => {
        this.#changes.shift()
        if (this.#changes.length > 0) this.#nextChange()
      }),
    )
  }

  #loseStep(): void {
    this.#sum = new StepSum(this.#shards)
    this.#isClosing = false
  }

  loseMemory(): void {
    this.#loseStep()
    this.#rows = new Map()
    this.#changes = []
    this.#announced = Math.min(this.#announced, this.#durable)
  }

  expectComplete(): void {
    const { shardSizes, epochs } = this.#planned
    const samples = shardSizes.reduce((sum, size) => sum + size, 0)
    const used = this.#samples.reduce((sum, one) => sum + one, 0)
    must(used === samples * epochs, 'GB2: every entry is used exactly once in an epoch')
    must(this.#evaluated.size === this.#ordered.size, 'every evaluation is made')
    must(this.#durable === this.steps, 'the run is through')
  }
}
