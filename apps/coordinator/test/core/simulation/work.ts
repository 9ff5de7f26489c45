/** One lease in a volunteer's hands: computed whole or in parts, pushed until it is answered; or some mishap on the way. */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import type { PushReply } from './coordinator.ts'
import { exchange } from './network.ts'
import { POISON } from './simulated-run.ts'
import type { Volunteer } from './volunteer.ts'
import type { Mishap } from './world.ts'

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 250

export class Work {
  readonly lease: Lease
  readonly #volunteer: Volunteer
  /** Neither pushed nor void. */
  #due: Task[]
  /** Pushed and not answered. */
  #pushing = 0
  hasBegun = false
  isComputing = false
  isOver = false

  constructor(volunteer: Volunteer, lease: Lease) {
    this.#volunteer = volunteer
    this.lease = lease
    this.#due = [...lease.tasks]
  }

  get leaseId(): LeaseId {
    return this.lease.leaseId
  }

  begin(): void {
    this.hasBegun = true
    this.isComputing = true
    const { world, device } = this.#volunteer
    device.fetch(this.lease.tasks)
    const mishap = world.mishap()
    if (device.isZombie) world.note('zombie')
    else if (mishap === null) this.#compute()
    else this.#suffer(mishap)
  }

  #suffer(mishap: Mishap): void {
    const volunteer = this.#volunteer
    const { world } = volunteer
    const { chance } = world
    world.note(mishap)
    const soon = (act: () => void) =>
      world.time.after(this.#computeMs(this.#due) * chance.uniform(), () => this.isOver || act())
    if (mishap === 'vanishes') soon(() => volunteer.vanish())
    else if (mishap === 'reloads') soon(() => volunteer.reload())
    else if (mishap === 'stops') soon(() => volunteer.stop())
    else if (mishap === 'fails')
      soon(() => volunteer.giveBack(this, 'failed', chance.one(this.#due).task, 'NaN'))
    else {
      soon(() =>
        volunteer.cutOff(mishap === 'freezes' ? chance.exponential(600_000) : chance.exponential(20_000)),
      )
      this.#compute()
    }
  }

  #compute(): void {
    const { world, device } = this.#volunteer
    const { run } = this.lease
    const part = device.deliversInParts || this.#isEvaluation ? this.#due.slice(0, 1) : this.#due
    const ms = this.#computeMs(part)
    if (part.length === this.#due.length) this.#volunteer.askAhead(this, ms)
    world.time.after(ms, () => {
      if (this.isOver) return
      const done = part.filter((task) => this.#due.includes(task))
      const poisoned = done.find((task) => world.run(run.id).isPoisoned(task))
      if (device.isUnfitFor(run.id) && !this.#isEvaluation) this.#volunteer.giveBack(this, 'unfit')
      else if (poisoned !== undefined) this.#volunteer.giveBack(this, 'failed', poisoned.task, POISON)
      else this.#deliver(done)
    })
  }

  get #isEvaluation(): boolean {
    return this.lease.tasks[0].kind !== 'gradient'
  }

  #computeMs(tasks: readonly Task[]): number {
    return this.#volunteer.device.computeMs(imagesOf(tasks))
  }

  /** The next part is computed while this one is pushed. */
  #deliver(done: Task[]): void {
    this.#due = this.#due.filter((task) => !done.includes(task))
    if (done.length > 0) this.#push(done)
    if (this.#due.length > 0) this.#compute()
    else {
      this.isComputing = false
      this.#endIfThrough()
      this.#volunteer.turn()
    }
  }

  #endIfThrough(): void {
    if (this.#due.length === 0 && this.#pushing === 0) this.#volunteer.drop(this)
  }

  /** Others were first with them: what is left of the lease goes on. */
  forgetTasks(tasks: readonly number[]): void {
    this.#due = this.#due.filter(({ task }) => !tasks.includes(task))
    if ((this.hasBegun && !this.isComputing) || this.#due.length > 0) return
    this.hasBegun = true
    this.isComputing = false
    this.#endIfThrough()
  }

  #push(tasks: Task[], attempt = 0): void {
    const { world, device, id } = this.#volunteer
    const digestOf = device.hasOwnBits() ? (task: Task) => `${task.step}/${task.task} of ${id}` : ownDigest
    const isWrong = !device.isFirst && world.isTroubled && world.chance.is(world.trouble.wrongBytes)
    this.#pushing++
    exchange<PushReply>(world, {
      uploadMs: world.chance.exponential(world.scenario.uploadMs),
      handle: () =>
        world.coordinator.pushResult({
          workerId: id,
          lease: this.lease,
          tasks,
          digests: tasks.map(digestOf),
          isWrong,
        }),
      onReply: (reply) => this.#settle(tasks, attempt, reply),
      isAborted: () => this.isOver,
    })
  }

  #settle(tasks: Task[], attempt: number, reply: PushReply | null): void {
    const volunteer = this.#volunteer
    this.#pushing--
    if (reply === null) this.#tryAgain(tasks, attempt + 1)
    else if (reply.kind === 'partly-late') this.#push(tasks.filter(({ task }) => reply.open.includes(task)))
    else if (reply.kind === 'refused') {
      volunteer.drop(this)
      volunteer.noteFailure()
    } else {
      volunteer.noteDelivery()
      if (reply.kind === 'stale') volunteer.drop(this)
      else this.#endIfThrough()
      volunteer.turn()
    }
  }

  #tryAgain(tasks: Task[], attempt: number): void {
    if (attempt >= ATTEMPTS) this.#volunteer.giveBack(this, 'failed', tasks[0]!.task, 'unreachable')
    else {
      this.#pushing++
      this.#volunteer.world.time.after(FIRST_PAUSE_MS * 2 ** (attempt - 1), () => this.#retry(tasks, attempt))
    }
  }

  /** Once the connection is there again. */
  #retry(tasks: Task[], attempt: number): void {
    const { world, isJoined } = this.#volunteer
    if (this.isOver) return
    if (!isJoined) {
      world.time.after(1000, () => this.#retry(tasks, attempt))
      return
    }
    this.#pushing--
    this.#push(tasks, attempt)
  }
}

function ownDigest({ kind, step, task }: Task): string {
  return `${kind} ${step}/${task}`
}

export function imagesOf(tasks: readonly Task[]): number {
  let images = 0
  for (const { entries } of tasks) for (const { samples } of entries) images += samples.length
  return images
}
