/**
 * What stands around the core in a simulation, after `edge/`, `conductor.ts` and `workers/roster.ts`: it turns what arrives into
 * events and carries the effects out. A crash leaves of it what the runs' stores hold.
 */
import type { WorkerId } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import type { CoreState } from '../../../src/core/core-state.ts'
import type { CoreEvent, Effect, EventOf } from '../../../src/core/events.ts'
import type { Connection } from './network.ts'
import type { SimulatedRun } from './simulated-run.ts'
import type { World } from './world.ts'

export type Push = {
  workerId: WorkerId
  lease: Lease
  tasks: readonly Task[]
  digests: readonly string[]
  /** Bytes that the edge refuses. */
  isWrong: boolean
}

export type PushReply =
  | { kind: 'accepted' | 'late' | 'stale' | 'refused' }
  | { kind: 'partly-late'; open: readonly number[] }

export class Coordinator {
  readonly #world: World
  #state: CoreState | null = null
  #boots = 0
  /** Who speaks for whom. */
  #connections = new Map<WorkerId, Connection>()
  /** Counts what the alarm was set to: an older one does not ring. */
  #alarms = 0
  #alarmAtMs: number | null = null

  constructor(world: World) {
    this.#world = world
  }

  get isUp(): boolean {
    return this.#state !== null
  }

  boot(): void {
    const world = this.#world
    this.#state = world.core.createCore({ boot: `b${this.#boots++}` })
    world.witness.forgetAll()
    for (const run of world.runs) if (!run.isOver && run.state !== 'stopped') this.open(run)
  }

  open(run: SimulatedRun): void {
    this.say({ kind: 'run-opened', run: run.opening() })
    for (const order of run.pending) this.say({ kind: 'evaluation-ordered', runId: run.id, order })
  }

  isOpen({ id }: SimulatedRun): boolean {
    return this.#state?.runs.has(id) ?? false
  }

  /** kill -9: from one moment to the next. */
  crash(): void {
    const world = this.#world
    if (this.#state === null) return
    world.note('crash')
    this.#state = null
    this.#alarms++
    this.#alarmAtMs = null
    for (const run of world.runs) run.loseMemory()
    const connections = this.#connections
    this.#connections = new Map()
    for (const connection of connections.values()) {
      connection.cut({ byCoordinatorMs: Infinity, byVolunteerMs: world.noticeMs() })
    }
    world.time.after(world.chance.exponential(10_000), () => this.boot())
  }

  /** Something that only this life of the process would do. */
  later(delayMs: number, act: () => void): void {
    const life = this.#state
    this.#world.time.after(delayMs, () => {
      if (this.#state === life) act()
    })
  }

  // What workers say.

  join(connection: Connection, deterministic: boolean): void {
    if (!this.isUp) return
    const { workerId } = connection
    this.#connections.get(workerId)?.cut({ byCoordinatorMs: Infinity, byVolunteerMs: this.#world.noticeMs() })
    this.#connections.set(workerId, connection)
    this.say({ kind: 'worker-joined', workerId, deterministic })
    const leaseIds = [...(this.#state!.workers.get(workerId)?.leaseIds ?? [])]
    this.#world.witness.told(workerId, leaseIds)
    connection.toVolunteer(() => connection.volunteer.joined(connection, leaseIds))
  }

  loseConnection(connection: Connection): void {
    const { workerId } = connection
    if (!this.#isSpeaker(connection)) return
    this.#connections.delete(workerId)
    this.say({ kind: 'worker-left', workerId })
  }

  requestWork(
    connection: Connection,
    request: Pick<EventOf<'work-requested'>, 'holding' | 'shards' | 'imagesPerSecond' | 'busyMs'>,
  ): void {
    if (!this.#isSpeaker(connection)) return
    const effects = this.say({ kind: 'work-requested', workerId: connection.workerId, ...request })
    const granted = effects.find((effect) => effect.kind === 'grant-lease')
    connection.toVolunteer(() =>
      connection.volunteer.answered(connection, granted?.lease ?? null, request.busyMs),
    )
  }

  returnLease(connection: Connection, returned: Omit<EventOf<'lease-returned'>, 'kind' | 'workerId'>): void {
    if (!this.#isSpeaker(connection)) return
    this.say({ kind: 'lease-returned', workerId: connection.workerId, ...returned })
  }

  #isSpeaker(connection: Connection): boolean {
    return this.isUp && this.#connections.get(connection.workerId) === connection
  }

  pushResult(push: Push): PushReply | null {
    if (!this.isUp) return null
    const { workerId, lease, tasks, digests, isWrong } = push
    const { leaseId } = lease
    if (isWrong) {
      this.#world.note('wrong bytes')
      // As the edge does it: bytes under a lease that is not known are not even read.
      if (this.#state!.leases.get(leaseId)?.workerId !== workerId) return { kind: 'stale' }
      this.say({ kind: 'result-refused', workerId, leaseId, task: tasks[0]!.task, message: 'not finite' })
      return { kind: 'refused' }
    }
    const results = tasks.map(({ task }, n) => ({ task, digest: digests[n]! }))
    for (const effect of this.say({ kind: 'result-received', workerId, leaseId, results }, push)) {
      if (effect.kind === 'accept-result') return { kind: 'accepted' }
      if (effect.kind === 'ignore-stale-result') return { kind: 'stale' }
      if (effect.kind === 'note-late-result') {
        return effect.open.length === 0 ? { kind: 'late' } : { kind: 'partly-late', open: effect.open }
      }
    }
    throw new Error('the core did not answer a result')
  }

  // The core.

  say(event: CoreEvent, push?: Push): Effect[] {
    const world = this.#world
    const state = this.#state!
    const { nowMs } = world.time
    const effects = world.core.advance(state, event, nowMs)
    world.observe(state, event, effects)
    for (const effect of effects) this.#carry(effect, push)
    this.#setAlarm(world.core.nextWakeAtMs(state, nowMs))
    return effects
  }

  #carry(effect: Effect, push: Push | undefined): void {
    const world = this.#world
    if (effect.kind === 'accept-result') {
      world.run(push!.lease.run.id).takeResult(effect, push!)
      if (effect.keys.length > 1) world.note('sum of several tasks')
    } else if (effect.kind === 'announce-work') {
      for (const workerId of effect.workerIds) {
        const connection = this.#connections.get(workerId)!
        connection.toVolunteer(() => connection.volunteer.workAvailable(connection))
      }
    } else if (effect.kind === 'revoke-lease') {
      const connection = this.#connections.get(effect.workerId)!
      const { leaseId, tasks } = effect
      connection.toVolunteer(() => connection.volunteer.revoked(connection, leaseId, tasks))
    } else if (effect.kind === 'close-step') world.run(effect.runId).close(effect)
    else if (effect.kind === 'close-evaluation') world.run(effect.runId).closeEvaluation(effect.step)
    else if (effect.kind === 'pause-run') world.run(effect.runId).pause(effect)
    else if (effect.kind === 'announce-step') world.run(effect.runId).announce(effect)
  }

  #setAlarm(atMs: number | null): void {
    if (atMs === this.#alarmAtMs) return
    this.#alarmAtMs = atMs
    const alarm = ++this.#alarms
    if (atMs === null) return
    const { time } = this.#world
    time.after(atMs - time.nowMs, () => {
      if (alarm !== this.#alarms) return
      this.#alarmAtMs = null
      this.say({ kind: 'clock-advanced' })
    })
  }

  get state(): CoreState | null {
    return this.#state
  }
}
