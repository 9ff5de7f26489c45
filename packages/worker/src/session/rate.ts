/** How much of something a second takes, by the last few times that it was measured: images computed, bytes uploaded. */
export class Rate {
  readonly #measured: { amount: number; ms: number }[] = []
  readonly #remembered: number

  /** By so many measures, the latest. */
  constructor(remembered: number) {
    this.#remembered = remembered
  }

  note(amount: number, ms: number): void {
    this.#measured.push({ amount, ms: Math.max(ms, 1) })
    if (this.#measured.length > this.#remembered) this.#measured.shift()
  }

  /** null before the first measure. */
  perSecond(): number | null {
    const amount = this.#measured.reduce((sum, measure) => sum + measure.amount, 0)
    const ms = this.#measured.reduce((sum, measure) => sum + measure.ms, 0)
    return amount === 0 ? null : (amount / ms) * 1000
  }

  /** Infinite before the first measure. */
  msFor(amount: number): number {
    return (amount / (this.perSecond() ?? 0)) * 1000
  }
}
