/**
 * The socket to the coordinator. It joins on every connection, the reconnections included, with the identity it was given,
 * and parses all that arrives (IN1). Nothing is ever sent before a join was accepted, nor kept for a later connection.
 */

import {
  type CoordinatorEvents,
  type Joined,
  JoinReply,
  type JoinRequest,
  LeaseRevoked,
  type WorkerEvents,
} from '@worldflora/protocol/messages'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { io, type Socket } from 'socket.io-client'
import type { GenericSchema, InferOutput } from 'valibot'
import { Bell } from './bell.ts'
import { FIRST_PAUSE_MS, longestPauseMs } from './reconnection.ts'

/** How often in a row the coordinator may hang up on us before we take it that it does not want us. */
const HANG_UPS_ACCEPTED = 5
const STOP_REPLY_MS = 2000

export type Joining = InferOutput<typeof Joined>

type LinkState =
  | { kind: 'connecting' }
  | { kind: 'joined'; joined: Joining }
  | { kind: 'closed'; rejection: Rejection | null }

type Question = Exclude<keyof WorkerEvents, 'join'>

export type LinkOptions = {
  url: string
  joinRequest(): JoinRequest
  onJoined(joined: Joining): void
  onDisconnected(note: string): void
  onLeaseRevoked(fact: LeaseRevoked): void
  onClosed(): void
}

export class CoordinatorLink {
  /** Rings when asking for work is worth it again: work is there, or the connection is new, or closed for good. */
  readonly work = new Bell()
  readonly #changed = new Bell()
  readonly #socket: Socket<CoordinatorEvents, WorkerEvents>
  readonly #options: LinkOptions
  #state: LinkState = { kind: 'connecting' }
  #hangUps = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.#socket = io(options.url, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      forceNew: true,
      reconnectionDelay: FIRST_PAUSE_MS,
      reconnectionDelayMax: longestPauseMs(0, Math.random()),
    })
    this.#socket.io.on('reconnect_attempt', (attempts) => {
      this.#socket.io.reconnectionDelayMax(longestPauseMs(attempts, Math.random()))
    })
    this.#socket.on('connect', () => void this.#join())
    this.#socket.on('disconnect', (reason) => this.#onDisconnect(reason))
    this.#socket.on('connect_error', (error) => this.#onConnectError(error))
    this.#socket.on('work-available', () => this.work.ring())
    this.#socket.on('lease-revoked', (fact: unknown) => {
      const revoked = parseOrReject(LeaseRevoked, fact, 'the lease that was revoked')
      if (!isRejection(revoked)) options.onLeaseRevoked(revoked)
    })
  }

  get joined(): Joining | null {
    return this.#state.kind === 'joined' ? this.#state.joined : null
  }

  /** Why the link is closed; null while it is open, or when it was closed by `close`. */
  get rejection(): Rejection | null {
    return this.#state.kind === 'closed' ? this.#state.rejection : null
  }

  /** The present join or the next one; null once the link is closed. */
  async whenJoined(): Promise<Joining | null> {
    for (;;) {
      if (this.#state.kind === 'joined') return this.#state.joined
      if (this.#state.kind === 'closed') return null
      await this.#changed.next()
    }
  }

  /** The next change from here on: lost, joined again, or closed. */
  nextChange(): Promise<void> {
    return this.#changed.next()
  }

  /** 'disconnected' if the connection was lost before the answer came. */
  async ask<E extends Question, S extends GenericSchema>(
    event: E,
    request: Parameters<WorkerEvents[E]>[0],
    replySchema: S,
  ): Promise<InferOutput<S> | Rejection | 'disconnected'> {
    if (this.#state.kind !== 'joined') return 'disconnected'
    try {
      const reply = await this.#emit(event, request)
      return parseOrReject(replySchema, reply, `the coordinator's answer to ${event}`)
    } catch {
      return 'disconnected'
    }
  }

  /** Like `ask`, for a farewell: waits a moment for the answer, and does not care for it. */
  async tell<E extends Question>(event: E, request: Parameters<WorkerEvents[E]>[0]): Promise<void> {
    if (this.#state.kind !== 'joined') return
    try {
      await this.#emit(event, request, STOP_REPLY_MS)
    } catch {
      // The coordinator finds out by itself: the socket closes, and the lease ends at its deadline.
    }
  }

  /** A result was taken: the coordinator does want us. */
  noteDelivery(): void {
    this.#hangUps = 0
  }

  /** As the same worker, with what it is now. */
  joinAgain(): void {
    if (this.#state.kind === 'closed') return
    this.#socket.disconnect()
    this.#socket.connect()
  }

  close(rejection: Rejection | null = null): void {
    if (this.#state.kind === 'closed') return
    this.#state = { kind: 'closed', rejection }
    this.#socket.disconnect()
    this.#options.onClosed()
    this.#announceChange()
  }

  async #join(): Promise<void> {
    let reply: JoinReply | Rejection
    try {
      reply = parseOrReject(
        JoinReply,
        await this.#emit('join', this.#options.joinRequest()),
        "the coordinator's answer to join",
      )
    } catch {
      return // Lost before the answer: the next connection joins.
    }
    if (this.#state.kind === 'closed' || !this.#socket.connected) return
    if (isRejection(reply)) return this.close(reply)
    this.#state = { kind: 'joined', joined: reply }
    this.#options.onJoined(reply)
    this.#announceChange()
  }

  #onDisconnect(reason: Socket.DisconnectReason): void {
    // What was asked on a connection that had died unnoticed (the machine slept) would go out on the next one before it has joined.
    this.#socket.sendBuffer = []
    if (this.#state.kind === 'closed') return
    this.#state = { kind: 'connecting' }
    this.#options.onDisconnected('The connection to the coordinator is lost. Trying again.')
    this.#announceChange()
    if (reason !== 'io server disconnect') return
    this.#hangUps++
    if (this.#hangUps <= HANG_UPS_ACCEPTED) this.#socket.connect()
    else
      this.close(
        reject(
          'hung-up',
          'The coordinator ended the connection again and again.',
          'Ask its operator, or try later.',
        ),
      )
  }

  #onConnectError(error: Error): void {
    if (this.#state.kind === 'closed') return
    if (this.#socket.active) {
      this.#options.onDisconnected(`Cannot reach ${this.#options.url} (${error.message}). Trying again.`)
    } else {
      this.close(
        reject('refused', `The coordinator refused the connection: ${error.message}`, 'Ask its operator.'),
      )
    }
  }

  /** Rejects when the socket is lost, or `limitMs` has passed. */
  #emit(event: keyof WorkerEvents, request: unknown, limitMs?: number): Promise<unknown> {
    const socket = this.#socket as unknown as Socket
    return limitMs === undefined
      ? socket.emitWithAck(event, request)
      : socket.timeout(limitMs).emitWithAck(event, request)
  }

  #announceChange(): void {
    this.#changed.ring()
    this.work.ring()
  }
}
