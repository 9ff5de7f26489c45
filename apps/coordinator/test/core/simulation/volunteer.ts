/**
 * A volunteer as dumb as the protocol allows, after `packages/worker/src/session`: it joins on every connection, computes one
 * lease at a time and uploads it while the next is computed, may have asked for that before, and does nothing when it was told to be
 * idle until it is told of work.
 */
import type { LeaseId, WorkerId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'
import { BUSY_MS_MAX, LEASES_AT_ONCE } from '@worldflora/protocol/messages'
import { Device } from './device.ts'
import { Connection, latency, noticeMs } from './network.ts'
import { Work } from './work.ts'
import type { World } from './world.ts'

/** In a row: then the session takes it that this machine is at fault, and ends. */
const FAILURES_ACCEPTED = 4

export class Volunteer {
  readonly world: World
  readonly device: Device
  readonly #seat: number
  #arrivals = 0
  #id: WorkerId
  /** As it believes. */
  #connection: Connection | null = null
  #isJoined = false
  #isAsking = false
  #isIdle = false
  /** Of work, while the answer was awaited. */
  #hasNews = false
  #works: Work[] = []
  #failures = 0
  /** A page that is loaded again knows nothing of what went on before. */
  #life = 0

  constructor(world: World, seat: number) {
    this.world = world
    this.#seat = seat
    this.device = new Device(world, seat)
    this.#id = this.#newId()
  }

  get id(): WorkerId {
    return this.#id
  }

  arrive(): void {
    const life = ++this.#life
    this.#works = []
    this.#failures = 0
    if (this.world.chance.is(this.world.trouble.changesDevice)) this.device.change()
    this.#connect(life)
  }

  // The connection.

  #connect(life: number): void {
    const { world } = this
    if (life !== this.#life || this.#connection !== null) return
    if (!world.coordinator.isUp) {
      world.time.after(world.chance.between(1000, 5000), () => this.#connect(life))
      return
    }
    const connection = new Connection(world, this, this.#id)
    this.#connection = connection
    connection.toCoordinator(() => world.coordinator.join(connection, this.device.isDeterministic))
  }

  joined(connection: Connection, leaseIds: readonly LeaseId[]): void {
    if (connection !== this.#connection) return
    this.#isJoined = true
    this.#isIdle = false
    this.#isAsking = false
    for (const work of [...this.#works]) if (!leaseIds.includes(work.leaseId)) this.drop(work)
    // Of a life before this one, or granted in an answer that was lost: nobody is computing them.
    const unknown = leaseIds.filter((leaseId) => !this.#works.some((work) => work.leaseId === leaseId))
    if (!this.device.isForgetful) for (const leaseId of unknown) this.#giveBack(leaseId, 'stopped')
    this.turn()
  }

  loseConnection(connection: Connection): void {
    if (connection !== this.#connection) return
    this.#forgetConnection()
    const life = this.#life
    this.world.time.after(this.world.chance.exponential(2000), () => this.#connect(life))
  }

  #forgetConnection(): void {
    this.#connection = null
    this.#isJoined = false
    this.#isAsking = false
    this.#isIdle = false
  }

  get isJoined(): boolean {
    return this.#isJoined
  }

  // Work.

  /** Whatever has changed: computes what it has, or asks for work if there is nothing better to do. */
  turn(): void {
    if (this.#works.some(({ isComputing }) => isComputing)) return
    const next = this.#works.find(({ hasBegun }) => !hasBegun)
    if (next !== undefined) next.begin()
    else if (!this.#isIdle) this.#ask(undefined)
  }

  /** Sometime before `work` has been computed, which takes so long. */
  askAhead(work: Work, ms: number): void {
    const { time, chance } = this.world
    if (!this.device.asksAhead) return
    const aheadMs = ms * chance.uniform()
    time.after(ms - aheadMs, () => {
      if (!work.isOver && work.isComputing) this.#ask(Math.min(BUSY_MS_MAX, Math.round(aheadMs)))
    })
  }

  #ask(busyMs: number | undefined): void {
    const connection = this.#connection
    if (!this.#isJoined || connection === null || this.#isAsking) return
    if (this.#works.length >= LEASES_AT_ONCE) return
    this.#isAsking = true
    this.#hasNews = false
    const holding = this.#works.map(({ leaseId }) => leaseId)
    const { imagesPerSecond, shards } = this.device
    connection.toCoordinator(() =>
      this.world.coordinator.requestWork(connection, { holding, imagesPerSecond, shards, busyMs }),
    )
  }

  answered(connection: Connection, lease: Lease | null, busyMs: number | undefined): void {
    if (connection !== this.#connection) return
    this.#isAsking = false
    if (lease !== null) {
      // Given again, though it is known: then it was granted twice in answers that crossed.
      if (this.#works.some(({ leaseId }) => leaseId === lease.leaseId))
        throw new Error('a lease that was held is given again')
      const work = new Work(this, lease)
      this.#works.push(work)
      if (busyMs !== undefined) this.world.note('lease ahead')
      this.turn()
    } else if (this.#hasNews || busyMs !== undefined) this.turn()
    else this.#isIdle = true
    this.#hasNews = false
  }

  workAvailable(connection: Connection): void {
    if (connection !== this.#connection) return
    if (this.#isAsking) this.#hasNews = true
    this.#isIdle = false
    this.turn()
  }

  revoked(connection: Connection, leaseId: LeaseId, tasks: readonly number[] | undefined): void {
    if (connection !== this.#connection) return
    const work = this.#works.find((held) => held.leaseId === leaseId)
    if (work === undefined) return
    if (tasks === undefined) this.drop(work)
    else work.forgetTasks(tasks)
    this.turn()
  }

  /** It is of no more use, or over. */
  drop(work: Work): void {
    work.isOver = true
    this.#works = this.#works.filter((other) => other !== work)
  }

  noteDelivery(): void {
    this.#failures = 0
  }

  /** The lease is over; too many such in a row end the session. */
  noteFailure(): void {
    if (++this.#failures > FAILURES_ACCEPTED) this.#depart('newcomer', 0)
    else this.turn()
  }

  giveBack(work: Work, reason: 'failed' | 'unfit', task?: number, message?: string): void {
    this.drop(work)
    this.#giveBack(work.leaseId, reason, task, message)
    this.noteFailure()
  }

  #giveBack(leaseId: LeaseId, reason: 'failed' | 'unfit' | 'stopped', task?: number, message?: string): void {
    const connection = this.#connection
    if (connection === null || !this.#isJoined) return
    connection.toCoordinator(() =>
      this.world.coordinator.returnLease(connection, { leaseId, reason, task, message }),
    )
  }

  // Mishaps.

  /** The tab is closed, or the machine switched off. */
  vanish(): void {
    this.#depart(this.world.chance.is(0.5) ? 'same' : 'newcomer', noticeMs(this.world))
  }

  reload(): void {
    this.#depart('same', latency(this.world), 500)
  }

  stop(): void {
    for (const { leaseId } of this.#works) this.#giveBack(leaseId, 'stopped')
    const connection = this.#connection
    // The farewell arrives before the connection ends.
    connection?.toCoordinator(() => connection.cut({ byCoordinatorMs: 0, byVolunteerMs: Infinity }))
    this.#forgetConnection()
    this.#depart('newcomer', 0)
  }

  /** `forMs` long nothing is heard of it; it goes on computing. */
  cutOff(forMs: number): void {
    this.#connection?.cut({ byCoordinatorMs: noticeMs(this.world), byVolunteerMs: forMs })
  }

  #depart(
    returnsAs: 'same' | 'newcomer',
    noticedMs: number,
    afterMs = this.world.chance.exponential(20_000),
  ): void {
    this.#life++
    for (const work of this.#works) work.isOver = true
    this.#works = []
    this.#connection?.cut({ byCoordinatorMs: noticedMs, byVolunteerMs: Infinity })
    this.#forgetConnection()
    if (returnsAs === 'newcomer') this.#id = this.#newId()
    this.world.time.after(afterMs, () => this.arrive())
  }

  #newId(): WorkerId {
    return `v${this.#seat}.${this.#arrivals++}` as WorkerId
  }
}
