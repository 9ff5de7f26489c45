/** Whether this machine is fit to work at all: who fails one lease after another leaves them to others. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'

const FAILURES_ACCEPTED = 4

export class Fitness {
  /** Leases that failed or were refused, one after the other, and why the last one did. */
  #failures = 0
  #lastFailure = ''

  noteDelivered(): void {
    this.#failures = 0
  }

  noteFailure({ message }: Rejection): void {
    this.#failures++
    this.#lastFailure = message
  }

  /** null: it is fit. */
  fault(): Rejection | null {
    if (this.#failures <= FAILURES_ACCEPTED) return null
    return reject(
      'worker-unfit',
      `${this.#failures} tasks in a row failed on this machine. The last: ${this.#lastFailure}`,
      'Try another backend or browser; if other machines fail as well, the run is at fault.',
    )
  }
}
