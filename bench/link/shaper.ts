/** One direction of a link: when bytes that are handed to it arrive. A rate and a delay; knows no sockets and no clock. */
export type LinkRate = { bytesPerSecond: number; delayMs: number }

export class Shaper {
  readonly #rate: LinkRate
  /** The link is busy with earlier bytes until then. */
  #freeAtMs = 0

  constructor(rate: LinkRate) {
    this.#rate = rate
  }

  /** Bytes go out one after the other, whichever connection they are of, and are under way for the delay. */
  arrivalMs(bytes: number, nowMs: number): number {
    const { bytesPerSecond, delayMs } = this.#rate
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (1000 * bytes) / bytesPerSecond
    return this.#freeAtMs + delayMs
  }

  /** How long what was handed over waits before it is all on the wire. */
  backlogMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs)
  }
}
