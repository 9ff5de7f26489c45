/**
 * A worker's life with its coordinator: join, ask for work, compute the lease, ask again shortly before it is through, deliver it while the
 * next is computed. A lost connection does not stop the computation: the link joins again by itself, and the result is delivered if the
 * lease is still honoured (LS1).
 */
import { BUSY_MS_MAX, type Device, PROTOCOL_VERSION, WorkReply } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { ActivityBoard } from './activity.ts'
import { BlobSource } from './blob-source.ts'
import { CheckpointTrail } from './checkpoint-trail.ts'
import { systemClock } from './clock.ts'
import { DEVICE_LOST, OUT_OF_MEMORY } from './compute-fault.ts'
import { ComputeSeat } from './compute-seat.ts'
import { CoordinatorLink, type Joining } from './coordinator-link.ts'
import { deliver, release } from './delivery.ts'
import { type DeviceChange, DeviceChoice, whyIdle } from './device-choice.ts'
import { Fitness } from './fitness.ts'
import { Foresight } from './foresight.ts'
import { type HeldLease, holdLease, type LeaseEnd } from './held-lease.ts'
import { Attempts } from './http-attempts.ts'
import { shardsAhead, shardsOf } from './lease-shards.ts'
import type { LeaseTools } from './lease-tools.ts'
import { computeLease } from './lease-work.ts'
import { PaceLimit } from './pace-limit.ts'
import { Paces } from './paces.ts'
import { Prefetcher } from './prefetch.ts'
import { prepareTasks } from './preparation.ts'
import { ResultPush } from './result-push.ts'
import type { SessionOptions, SessionOutcome } from './session-options.ts'
import { Supplied } from './supplied.ts'

const SHARDS_NAMED = 256
/** The next lease is asked for so long before this one is computed; and twice what the last answer took. */
const ASKED_AHEAD_MS = 50
const LONGEST_AHEAD_MS = 1000

type Surroundings = { link: CoordinatorLink; tools: LeaseTools; prefetcher: Prefetcher }

type SessionState =
  | { kind: 'opening' }
  | { kind: 'asking' }
  | { kind: 'computing'; held: HeldLease }
  | { kind: 'stopping' }

/** The lease computed before, while the next one is asked for and computed. */
type Delivering = { held: HeldLease; done: Promise<void> }

export class WorkerSession {
  readonly done: Promise<SessionOutcome>
  readonly #options: SessionOptions
  readonly #board: ActivityBoard
  readonly #seat: ComputeSeat
  readonly #choice: DeviceChoice
  readonly #fitness = new Fitness()
  readonly #paces = new Paces()
  readonly #stopping = new AbortController()
  #state: SessionState = { kind: 'opening' }
  #delivering: Delivering | null = null
  /** The next lease, given before the present one was computed; and the question for it, while there is no answer. */
  #ahead: HeldLease | null = null
  #askingAhead: Promise<void> | null = null
  /** What the last question for work took. */
  #askMs = 0
  #link: CoordinatorLink | null = null
  /** Why a device could not be replaced. */
  #unreplaced: Rejection | null = null

  constructor(options: SessionOptions) {
    this.#options = options
    this.#board = new ActivityBoard(options.onActivity)
    this.#seat = new ComputeSeat(options.spawnCompute, options.clock ?? systemClock)
    this.#choice = new DeviceChoice(options, this.#seat, this.#board)
    this.done = this.#live().then((outcome) => this.#end(outcome))
  }

  /** At once: the computation is ended, the leases given back. Resolves when thread and connection are gone. */
  async stop(): Promise<void> {
    const held = this.#held()
    this.#state = { kind: 'stopping' }
    this.#stopping.abort()
    void this.#seat.close()
    for (const { abandon } of held) abandon.abort(new Error('stopped'))
    await Promise.all(
      held.map(({ lease }) =>
        this.#link?.tell('return-lease', { leaseId: lease.leaseId, reason: 'stopped' }),
      ),
    )
    this.#link?.close()
    await this.done
  }

  async #live(): Promise<SessionOutcome> {
    this.#board.show({ state: 'connecting', missing: this.#options.missing ?? [] })
    const device = await this.#choice.first()
    if (this.#isStopping()) return { kind: 'stopped' }
    if (isRejection(device)) return device
    const link = this.#openLink(() => tools.device)
    const tools = this.#toolsOf(device, link)
    this.#link = link
    this.#state = { kind: 'asking' }
    const prefetcher = new Prefetcher(tools.source, tools.caches.shards, this.#stopping.signal)
    for (;;) {
      const closed = this.#unfit() ?? (await this.#askAndWork({ link, tools, prefetcher }))
      if (closed !== null) return closed
    }
  }

  /** One turn: null to take another. */
  async #askAndWork(at: Surroundings): Promise<SessionOutcome | null> {
    const { link, tools, prefetcher } = at
    await this.#askingAhead
    const given = this.#ahead
    this.#ahead = null
    if (given !== null) {
      if (!given.abandon.signal.aborted) await this.#work(given, at)
      return null
    }
    if ((await link.whenJoined()) === null) return link.rejection ?? { kind: 'stopped' }
    // Taken before asking, so that news which overtakes the answer is not missed.
    const more = link.work.next()
    const reply = await this.#ask(at)
    if (this.#isStopping() || reply === 'disconnected') return null
    if (isRejection(reply)) return reply
    prefetcher.wish(reply.kind === 'idle' ? reply.prefetch : shardsAhead(reply.lease))
    if (reply.kind === 'idle') {
      if (this.#delivering === null) {
        const change = await this.#choice.toSuit(reply.classes, tools.device)
        if (change !== null) {
          this.#takeDevice(change, at)
          return null
        }
        this.#board.show({ state: 'idle', task: null, note: whyIdle(reply.classes, tools.device) })
      }
      const spare = new AbortController()
      if (reply.ahead !== undefined) void prepareTasks(reply.ahead, tools, spare.signal)
      await more
      spare.abort()
      return null
    }
    await this.#work(holdLease(reply.lease), at)
    return null
  }

  /** `busyMs`: until the present lease is computed. */
  async #ask({ link, tools }: Surroundings, busyMs?: number): Promise<WorkReply | 'disconnected'> {
    const shards = (await tools.caches.shards.hashes()).slice(0, SHARDS_NAMED)
    const request = {
      holding: this.#held().map(({ lease }) => lease.leaseId),
      shards,
      imagesPerSecond: tools.limit.applyTo(this.#paces.of('photos').perSecond()) ?? undefined,
      featuresPerSecond: tools.limit.applyTo(this.#paces.of('features').perSecond()) ?? undefined,
      ...(busyMs === undefined ? {} : { busyMs: Math.round(Math.min(busyMs, BUSY_MS_MAX)) }),
    }
    const askedMs = tools.clock.nowMs()
    const reply = await link.ask('request-work', request, WorkReply)
    this.#askMs = tools.clock.nowMs() - askedMs
    return reply
  }

  /** While `held` is being computed. Whatever else than a lease is answered, it asks again once it is free. */
  async #askAhead(held: HeldLease, remainingMs: number, at: Surroundings): Promise<void> {
    const { link, tools, prefetcher } = at
    const endsAtMs = tools.clock.nowMs() + remainingMs
    const isAtIt = () => this.#state.kind === 'computing' && this.#state.held === held
    await this.#delivering?.done
    if (!isAtIt() || link.joined === null) return
    const reply = await this.#ask(at, Math.max(0, endsAtMs - tools.clock.nowMs()))
    if (this.#isStopping() || reply === 'disconnected' || isRejection(reply)) return
    if (reply.kind === 'idle') return prefetcher.wish(reply.prefetch)
    this.#ahead = holdLease(reply.lease)
    prefetcher.wish(shardsOf(reply.lease))
  }

  async #work(held: HeldLease, at: Surroundings): Promise<void> {
    const { link, tools } = at
    const { lease } = held
    this.#state = { kind: 'computing', held }
    this.#board.showTakenUp(lease)
    const leadMs = Math.min(LONGEST_AHEAD_MS, ASKED_AHEAD_MS + 2 * this.#askMs)
    const foresight = new Foresight(tools.clock, leadMs, (remainingMs) => {
      // What fails here fails again once it is free, and is dealt with then.
      const asked = this.#askAhead(held, remainingMs, at).catch(() => {})
      this.#askingAhead = asked.finally(() => {
        this.#askingAhead = null
      })
    })
    const outcome = await computeLease(held, tools, (remainingMs) => foresight.expect(remainingMs))
    foresight.end()
    // One is on its way at a time: the next one waits for it in this worker's hands.
    if (outcome.kind === 'computed') await this.#delivering?.done
    if (this.#isStopping()) return
    this.#state = { kind: 'asking' }
    if (outcome.kind !== 'computed') {
      release(lease, tools)
      await this.#settle(held, outcome, link)
      if (outcome.kind === 'failed' && outcome.rejection.code === DEVICE_LOST) {
        this.#takeDevice(await this.#choice.afterLoss(), at)
      }
      return
    }
    this.#board.show({ state: 'sending' })
    const done = deliver(held, outcome.parcels, tools).then(async (end) => {
      if (this.#delivering?.held === held) this.#delivering = null
      if (this.#isStopping()) return
      await this.#settle(held, end, link)
      // Whoever idles while its last lease is on its way has something to ask about again.
      link.work.ring()
    })
    this.#delivering = { held, done }
  }

  async #settle({ lease }: HeldLease, end: LeaseEnd, link: CoordinatorLink): Promise<void> {
    this.#board.showEnded(lease.leaseId)
    switch (end.kind) {
      case 'delivered':
        this.#fitness.noteDelivered()
        return
      case 'failed': {
        const reason = reasonOf(end.rejection)
        if (reason !== 'stopped') this.#fitness.noteFailure(end.rejection)
        const message = end.rejection.message.slice(0, 2000)
        const task = end.task === undefined ? {} : { task: end.task }
        await link.tell('return-lease', { leaseId: lease.leaseId, reason, message, ...task })
        return
      }
      case 'refused':
        this.#fitness.noteFailure(end.rejection)
        return
      case 'abandoned':
        return
    }
  }

  #takeDevice({ device, fate }: DeviceChange, { link, tools }: Pick<Surroundings, 'link' | 'tools'>): void {
    if (this.#isStopping()) return
    if (isRejection(device)) {
      this.#unreplaced = device
      return
    }
    if (device.backend !== 'webgpu' && fate !== null) this.#board.show({ gpu: fate })
    const isAnother = device.backend !== tools.device.backend || device.adapter !== tools.device.adapter
    tools.device = device
    if (isAnother) link.joinAgain()
  }

  #unfit(): Rejection | null {
    return this.#unreplaced ?? this.#fitness.fault()
  }

  /** The lease that is on its way, the one that is being computed, and the one that comes after it: two at most. */
  #held(): HeldLease[] {
    const computing = this.#state.kind === 'computing' ? this.#state.held : null
    return [this.#delivering?.held, computing, this.#ahead].filter((held) => held != null)
  }

  #openLink(deviceNow: () => Device): CoordinatorLink {
    const { url, host, build, identity } = this.#options
    return new CoordinatorLink({
      url,
      joinRequest: () => {
        const known = identity.load()
        return {
          protocol: PROTOCOL_VERSION,
          host,
          device: deviceNow(),
          ...(build === undefined ? {} : { build }),
          ...(known === null ? {} : { identity: known }),
        }
      },
      onJoined: (joined) => this.#onJoined(joined),
      onDisconnected: (note) =>
        this.#board.show(this.#state.kind === 'computing' ? { note } : { state: 'connecting', note }),
      onLeaseRevoked: ({ leaseId, tasks }) => {
        const held = this.#held().find(({ lease }) => lease.leaseId === leaseId)
        if (tasks === undefined) held?.abandon.abort(new Error('revoked'))
        else {
          for (const task of tasks) held?.revoked.add(task)
          this.#board.showUnwanted(leaseId, tasks)
        }
      },
      onClosed: () => {
        for (const { abandon } of this.#held()) abandon.abort(new Error('not wanted any more'))
      },
    })
  }

  #onJoined(joined: Joining): void {
    this.#options.identity.save({ workerId: joined.workerId, secret: joined.secret })
    this.#board.show({ note: null })
    const { leases } = joined
    // What is on its way may have arrived, its answer lost: the next attempt will tell.
    for (const held of this.#held()) {
      if (held === this.#delivering?.held || leases.includes(held.lease.leaseId)) continue
      held.abandon.abort(new Error('forgotten'))
    }
    // Leases of a life before this one (the page was loaded again): nobody is computing them.
    const own = this.#held().map(({ lease }) => lease.leaseId)
    for (const leaseId of leases) {
      if (!own.includes(leaseId)) void this.#link?.tell('return-lease', { leaseId, reason: 'stopped' })
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
      push: new ResultPush({
        url,
        link,
        attempts,
        clock,
        onBytesUp: (bytes) => board.countTransfer('bytesUp', bytes),
      }),
      caches,
      trail: new CheckpointTrail(),
      supplied: new Supplied(),
      board,
      clock,
      paces: this.#paces,
      limit: new PaceLimit(imagesPerSecondLimit, clock),
      photosShown,
      onDelivery: (delivery) => {
        link.noteDelivery()
        board.countDelivery(delivery)
      },
    }
  }

  async #end(outcome: SessionOutcome): Promise<SessionOutcome> {
    this.#link?.close()
    await this.#seat.close()
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

/** Why a lease is given back; only what is `failed` counts against its task. */
function reasonOf({ code }: Rejection): 'failed' | 'unfit' | 'stopped' {
  if (code === DEVICE_LOST) return 'stopped'
  return code === OUT_OF_MEMORY ? 'unfit' : 'failed'
}
