/**
 * When an HTTP request is tried again: the coordinator may just be starting again. Each further attempt waits for the socket
 * to have joined anew, or, where the socket is still up, a growing pause. The number of attempts is bounded.
 */
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Clock } from './clock.ts'
import type { CoordinatorLink } from './coordinator-link.ts'

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 250

/** Code of the rejection after the last attempt. */
export const UNREACHABLE = 'unreachable'

export type Unreachable = { kind: 'unreachable'; message: string }

export function unreachable(message: string): Unreachable {
  return { kind: 'unreachable', message }
}

export class Attempts {
  readonly #link: CoordinatorLink
  readonly #clock: Clock

  constructor(link: CoordinatorLink, clock: Clock) {
    this.#link = link
    this.#clock = clock
  }

  /** An attempt that throws (as fetch does without a connection) or says 'unreachable' is made again. */
  async run<T>(signal: AbortSignal, attempt: () => Promise<T | Unreachable>): Promise<T | Rejection> {
    let last = ''
    for (let n = 0; n < ATTEMPTS; n++) {
      signal.throwIfAborted()
      const changed = this.#link.nextChange()
      try {
        const result = await attempt()
        if (!isUnreachable(result)) return result
        last = result.message
      } catch (error) {
        signal.throwIfAborted()
        last = error instanceof Error ? error.message : String(error)
      }
      if (n + 1 < ATTEMPTS) await this.#untilWorthTrying(changed, FIRST_PAUSE_MS * 2 ** n)
    }
    return reject(UNREACHABLE, `The coordinator did not answer over HTTP: ${last}.`, 'Check the connection.')
  }

  async #untilWorthTrying(changed: Promise<void>, pauseMs: number): Promise<void> {
    if (this.#link.joined !== null) await Promise.race([changed, this.#clock.pause(pauseMs)])
    await this.#link.whenJoined()
  }
}

function isUnreachable(value: unknown): value is Unreachable {
  return typeof value === 'object' && value !== null && (value as Unreachable).kind === 'unreachable'
}
