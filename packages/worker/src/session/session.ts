/**
 * A worker's life with its coordinator: join, ask for work, carry the lease out, ask again. Driven by messages and promises
 * alone. A lost connection does not stop the computation: the link joins again by itself, and the result is delivered if the
 * lease is still honoured (LS1).
 */
import type { LeaseId } from '@worldflora/protocol/ids'
import { type Device, type Lease, PROTOCOL_VERSION, WorkReply } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { ActivityBoard } from './activity.ts'
import { BlobSource } from './blob-source.ts'
import { systemClock } from './clock.ts'
import { OUT_OF_MEMORY } from './compute-fault.ts'
import { ComputeSeat } from './compute-seat.ts'
import { CoordinatorLink, type Joining } from './coordinator-link.ts'
import { Attempts } from './http-attempts.ts'
import { carryOut, type HeldLease, type LeaseEnd, type LeaseTools } from './lease-work.ts'
import { Pace } from './pace.ts'
import { PaceLimit } from './pace-limit.ts'
import { ResultPush } from './result-push.ts'
import type { SessionOptions, SessionOutcome } from './session-options.ts'

const FAILURES_ACCEPTED = 4
const SHARDS_NAMED = 256

type SessionState =
  | { kind: 'opening' }
  | { kind: 'asking' }
  | { kind: 'working'; held: HeldLease }
  | { kind: 'stopping' }

export class WorkerSession {
  readonly done: Promise<SessionOutcome>
  readonly #options: SessionOptions
  readonly #board: ActivityBoard
  readonly #seat: ComputeSeat
  readonly #pace = new Pace()
  #state: SessionState = { kind: 'opening' }
  #link: CoordinatorLink | null = null
  /** Leases that failed or were refused, one after the other. */
  #failures = 0

  constructor(options: SessionOptions) {
    this.#options = options
    this.#board = new ActivityBoard(options.onActivity)
    this.#seat = new ComputeSeat(options.spawnCompute, options.clock ?? systemClock)
    this.done = this.#live().then((outcome) => this.#end(outcome))
  }

  /** At once: the computation is ended, the lease given back. Resolves when the connection is closed. */
  async stop(): Promise<void> {
    const state = this.#state
    this.#state = { kind: 'stopping' }
    this.#seat.close()
    if (state.kind === 'working') {
      const { lease, abandon } = state.held
      abandon.abort(new Error('stopped'))
      await this.#link?.tell('return-lease', { leaseId: lease.leaseId, reason: 'stopped' })
    }
    this.#link?.close()
    await this.done
  }

  async #live(): Promise<SessionOutcome> {
    this.#board.show({ state: 'connecting', missing: this.#options.missing ?? [] })
    const device = await this.#openDevice()
    if (this.#isStopping()) return { kind: 'stopped' }
    if (isRejection(device)) return device
    this.#board.show({ backend: device.backend, adapter: device.adapter ?? null })
    const link = this.#openLink(device)
    this.#link = link
    this.#state = { kind: 'asking' }
    const tools = this.#toolsOf(device, link)
    for (;;) {
      const closed = await this.#askAndWork(link, tools)
      if (closed !== null) return closed
    }
  }

  /** One turn: null to take another. */
  async #askAndWork(link: CoordinatorLink, tools: LeaseTools): Promise<SessionOutcome | null> {
    if ((await link.whenJoined()) === null) return link.rejection ?? { kind: 'stopped' }
    // Taken before asking, so that news which overtakes the answer is not missed.
    const more = link.work.next()
    const shards = (await tools.caches.shards.hashes()).slice(0, SHARDS_NAMED)
    const imagesPerSecond = tools.limit.applyTo(this.#pace.imagesPerSecond())
    const pace = imagesPerSecond === null ? {} : { imagesPerSecond }
    const request = { holding: [], shards, ...pace }
    const reply = await link.ask('request-work', request, WorkReply)
    if (this.#isStopping() || reply === 'disconnected') return null
    if (isRejection(reply)) return reply
    if (reply.kind === 'idle') {
      this.#board.show({ state: 'idle', task: null, note: null })
      await more
      return null
    }
    return this.#work(reply.lease, link, tools)
  }

  async #work(lease: Lease, link: CoordinatorLink, tools: LeaseTools): Promise<Rejection | null> {
    const held = { lease, abandon: new AbortController(), revoked: new Set<number>() }
    this.#state = { kind: 'working', held }
    const end = await carryOut(held, tools)
    if (this.#isStopping()) return null
    this.#state = { kind: 'asking' }
    await this.#settle(lease, end, link)
    if (this.#failures <= FAILURES_ACCEPTED || !('rejection' in end)) return null
    return reject(
      'worker-unfit',
      `${this.#failures} tasks in a row failed on this machine. The last: ${end.rejection.message}`,
      'Try another backend or browser; if other machines fail as well, the run is at fault.',
    )
  }

  async #settle(lease: Lease, end: LeaseEnd, link: CoordinatorLink): Promise<void> {
    switch (end.kind) {
      case 'delivered':
        this.#failures = 0
        return
      case 'failed': {
        this.#failures++
        const message = end.rejection.message.slice(0, 2000)
        const reason = end.rejection.code === OUT_OF_MEMORY ? 'unfit' : 'failed'
        const task = end.task === undefined ? {} : { task: end.task }
        await link.tell('return-lease', { leaseId: lease.leaseId, reason, message, ...task })
        return
      }
      case 'refused':
        this.#failures++
        return
      case 'abandoned':
        return
    }
  }

  #openLink(device: Device): CoordinatorLink {
    const { url, host, build, identity } = this.#options
    return new CoordinatorLink({
      url,
      joinRequest: () => {
        const known = identity.load()
        return {
          protocol: PROTOCOL_VERSION,
          host,
          device,
          ...(build === undefined ? {} : { build }),
          ...(known === null ? {} : { identity: known }),
        }
      },
      onJoined: (joined) => this.#onJoined(joined),
      onDisconnected: (note) =>
        this.#board.show(this.#state.kind === 'working' ? { note } : { state: 'connecting', note }),
      onLeaseRevoked: ({ leaseId, tasks }) => {
        if (this.#state.kind !== 'working' || this.#leaseId() !== leaseId) return
        if (tasks === undefined) this.#abandonLease('revoked')
        else for (const task of tasks) this.#state.held.revoked.add(task)
      },
      onClosed: () => this.#abandonLease('not wanted any more'),
    })
  }

  #onJoined(joined: Joining): void {
    this.#options.identity.save({ workerId: joined.workerId, secret: joined.secret })
    this.#board.show({ note: null })
    const own = this.#leaseId()
    if (own !== null && !joined.leases.includes(own)) this.#abandonLease('forgotten')
    // Leases of a life before this one (the page was loaded again): nobody is computing them.
    for (const leaseId of joined.leases) {
      if (leaseId !== own) void this.#link?.tell('return-lease', { leaseId, reason: 'stopped' })
    }
  }

  #leaseId(): LeaseId | null {
    return this.#state.kind === 'working' ? this.#state.held.lease.leaseId : null
  }

  #abandonLease(why: string): void {
    if (this.#state.kind === 'working') this.#state.held.abandon.abort(new Error(why))
  }

  async #openDevice(): Promise<Device | Rejection> {
    try {
      return await this.#seat.open(this.#options.backend ?? 'auto')
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return reject(
        'compute-failed',
        `The compute part did not start: ${message}`,
        'Reload, or try another browser.',
      )
    }
  }

  #toolsOf(device: Device, link: CoordinatorLink): LeaseTools {
    const { url, caches, photosShown = 0, clock = systemClock } = this.#options
    const { imagesPerSecondLimit = Number.POSITIVE_INFINITY } = this.#options
    const board = this.#board
    const attempts = new Attempts(link, clock)
    return {
      device,
      seat: this.#seat,
      source: new BlobSource(url, attempts, (bytes) => board.countTransfer('bytesDown', bytes)),
      push: new ResultPush(url, link, attempts, (bytes) => board.countTransfer('bytesUp', bytes)),
      caches,
      board,
      clock,
      pace: this.#pace,
      limit: new PaceLimit(imagesPerSecondLimit, clock),
      photosShown,
      onDelivery: ({ as, images, kind }) => {
        link.noteDelivery()
        if (as !== 'stale') board.countDelivery(images, as === 'accepted' && kind === 'gradient' ? 1 : 0)
      },
    }
  }

  #end(outcome: SessionOutcome): SessionOutcome {
    this.#seat.close()
    this.#link?.close()
    this.#board.show({
      state: 'ended',
      task: null,
      note: isRejection(outcome) ? `${outcome.message} ${outcome.action}` : null,
    })
    return outcome
  }

  #isStopping(): boolean {
    return this.#state.kind === 'stopping'
  }
}
