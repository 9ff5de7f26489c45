/**
 * A limit that the volunteer sets: at most so many images a second. To everybody else the worker is then simply a slower
 * machine: the rest is part of the task, and the pace that is told is the limited one, so that deadlines and stragglers fit.
 */
import type { Clock } from './clock.ts'
import type { Rate } from './rate.ts'

export class PaceLimit {
  readonly #imagesPerSecond: number
  readonly #clock: Clock

  /** Without a limit: Infinity. */
  constructor(imagesPerSecond: number, clock: Clock) {
    this.#imagesPerSecond = imagesPerSecond
    this.#clock = clock
  }

  get isSet(): boolean {
    return Number.isFinite(this.#imagesPerSecond)
  }

  /** Until a computation that began then has taken as long as it has to. Rejects when `signal` aborts. */
  async rest(images: number, startedMs: number, signal: AbortSignal): Promise<void> {
    const restMs = startedMs + (1000 * images) / this.#imagesPerSecond - this.#clock.nowMs()
    if (restMs > 0) await this.#clock.pause(restMs, signal)
  }

  /** How long so many images take; Infinity before the first measure. */
  msFor(images: number, measured: Rate): number {
    return (1000 * images) / (this.applyTo(measured.perSecond()) ?? 0)
  }

  /** Of what was measured while the worker computed. */
  applyTo(imagesPerSecond: number | null): number | null {
    return imagesPerSecond === null ? null : Math.min(imagesPerSecond, this.#imagesPerSecond)
  }
}
