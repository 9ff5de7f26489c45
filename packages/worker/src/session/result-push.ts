/** Pushes a task's result under its lease. Every answer that can be read ends it; anything else is tried again. */
import type { LeaseId } from '@worldflora/protocol/ids'
import { type EvaluateResult, ResultReply } from '@worldflora/protocol/messages'
import { parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import type { CoordinatorLink } from './coordinator-link.ts'
import { type Attempts, type Unreachable, unreachable } from './http-attempts.ts'

/** Which tasks of a lease a result is of. */
export type Answered = { leaseId: LeaseId; tasks: number[] }

export class ResultPush {
  readonly #url: string
  readonly #link: CoordinatorLink
  readonly #attempts: Attempts
  readonly #onBytesUp: (bytes: number) => void

  constructor(url: string, link: CoordinatorLink, attempts: Attempts, onBytesUp: (bytes: number) => void) {
    this.#url = url
    this.#link = link
    this.#attempts = attempts
    this.#onBytesUp = onBytesUp
  }

  /** A gradient goes as its encoded bytes, an evaluation as JSON. */
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
    { leaseId, tasks }: Answered,
    body: Uint8Array,
    type: string,
    signal: AbortSignal,
  ): Promise<ResultReply | Rejection | Unreachable> {
    const joined = this.#link.joined
    if (joined === null) return unreachable('the connection is being made again')
    const response = await fetch(
      new URL(`/api/leases/${leaseId}/result?tasks=${tasks.join(',')}`, this.#url),
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${joined.secret}`, 'content-type': type },
        body: body as Uint8Array<ArrayBuffer>,
        signal,
      },
    )
    // A coordinator that has just started again knows this worker only once it has joined anew.
    // 408: the body did not get through.
    if (response.status === 401 || response.status === 408 || response.status >= 500) {
      return unreachable(`status ${response.status}`)
    }
    const reply = parseOrReject(ResultReply, await response.json(), "the coordinator's answer to a result")
    this.#onBytesUp(body.length)
    return reply
  }
}
