/** Rings once, some time before a lease will be through by the pace of its tasks so far. */
import type { Clock } from './clock.ts'

export class Foresight {
  readonly #clock: Clock
  readonly #leadMs: number
  readonly #ring: (remainingMs: number) => void
  #waiting: AbortController | null = null
  #isOver = false

  /** `ring` is told how much is left then: `leadMs`, or less if nothing could be foretold before. */
  constructor(clock: Clock, leadMs: number, ring: (remainingMs: number) => void) {
    this.#clock = clock
    this.#leadMs = leadMs
    this.#ring = ring
  }

  /** From now on, instead of what was expected before. */
  expect(remainingMs: number): void {
    this.#waiting?.abort()
    if (this.#isOver || !Number.isFinite(remainingMs)) return
    if (remainingMs <= this.#leadMs) {
      this.#tell(remainingMs)
      return
    }
    const waiting = new AbortController()
    this.#waiting = waiting
    this.#clock.pause(remainingMs - this.#leadMs, waiting.signal).then(
      () => this.#tell(this.#leadMs),
      () => {},
    )
  }

  /** It does not ring any more. */
  end(): void {
    this.#isOver = true
    this.#waiting?.abort()
  }

  #tell(remainingMs: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#ring(remainingMs)
  }
}
