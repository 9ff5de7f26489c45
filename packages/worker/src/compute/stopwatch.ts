/** Where a compute part's time goes, for those who measure it. */
import type { Spent } from '../session/compute-port.ts'

export class Stopwatch {
  readonly spent: Spent = { modelMs: 0, decodeMs: 0, computeMs: 0, encodeMs: 0 }

  /** Adds the time of `work`, but not what was noted under another name meanwhile. */
  async time<T>(kind: keyof Spent, work: () => T | Promise<T>): Promise<T> {
    const startedMs = performance.now()
    const before = this.#total()
    try {
      return await work()
    } finally {
      this.spent[kind] += performance.now() - startedMs - (this.#total() - before)
    }
  }

  #total(): number {
    return Object.values(this.spent).reduce((sum, ms) => sum + ms, 0)
  }
}
