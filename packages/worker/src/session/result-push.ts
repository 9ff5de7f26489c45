/** Pushes a task's result under its lease. Every answer that can be read ends it; anything else is tried again. */

import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import { ResultReply } from '@worldflora/protocol/messages'
import { parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import type { Clock } from './clock.ts'
import type { CoordinatorLink } from './coordinator-link.ts'
import { type Attempts, type Unreachable, unreachable } from './http-attempts.ts'
import { Rate } from './rate.ts'

/** How the next ones are coded follows from so many. */
const UPLOADS_REMEMBERED = 4
/** Of smaller ones the time is the network's delay rather than its width. */
const LEAST_BYTES = 32_768

/** Which tasks of a lease a result is of; of gradients also what each of them came to by itself. */
export type Answered = { leaseId: LeaseId; tasks: number[]; digests: Hash[] }

export type PushOptions = {
  url: string
  link: CoordinatorLink
  attempts: Attempts
  clock: Clock
  onBytesUp(bytes: number): void
}

export class ResultPush {
  readonly #url: string
  readonly #link: CoordinatorLink
  readonly #attempts: Attempts
  readonly #clock: Clock
  readonly #onBytesUp: (bytes: number) => void
  /** In bytes. */
  readonly #uplink = new Rate(UPLOADS_REMEMBERED)

  constructor({ url, link, attempts, clock, onBytesUp }: PushOptions) {
    this.#url = url
    this.#link = link
    this.#attempts = attempts
    this.#clock = clock
    this.#onBytesUp = onBytesUp
  }

  /** Of the last uploads; null before the first that is large enough to tell. */
  bytesPerSecond(): number | null {
    return this.#uplink.perSecond()
  }

  /** Gradients and features go as their encoded bytes, an evaluation as JSON. */
  push(
    answered: Answered,
    result: Uint8Array | EvaluateResult,
    signal: AbortSignal,
  ): Promise<ResultReply | Rejection> {
    const encoded = result instanceof Uint8Array
    const body = encoded ? result : new TextEncoder().encode(JSON.stringify(result))
    const type = encoded ? 'application/octet-stream' : 'application/json'
    return this.#attempts.run(signal, () => this.#put(answered, body, type, signal))
  }

  async #put(
    { leaseId, tasks, digests }: Answered,
    body: Uint8Array,
    type: string,
    signal: AbortSignal,
  ): Promise<ResultReply | Rejection | Unreachable> {
    const joined = this.#link.joined
    if (joined === null) return unreachable('the connection is being made again')
    const startedMs = this.#clock.nowMs()
    const response = await fetch(
      new URL(`/api/leases/${leaseId}/result?tasks=${tasks.join(',')}`, this.#url),
      {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${joined.secret}`,
          'content-type': type,
          ...(digests.length === 0 ? {} : { 'task-digests': digests.join(',') }),
        },
        body: body as Uint8Array<ArrayBuffer>,
        // Nobody is to be asked for a login, and nothing is sent twice: Node then keeps no second copy of the body.
        window: null,
        redirect: 'error',
        signal,
      },
    )
    // A coordinator that has just started again knows this worker only once it has joined anew.
    // 408, 409: the body did not get through, or another attempt has overtaken it (RS5).
    if ([401, 408, 409].includes(response.status) || response.status >= 500) {
      return unreachable(`status ${response.status}`)
    }
    const reply = parseOrReject(ResultReply, await response.json(), "the coordinator's answer to a result")
    if (body.length >= LEAST_BYTES) this.#uplink.note(body.length, this.#clock.nowMs() - startedMs)
    this.#onBytesUp(body.length)
    return reply
  }
}
