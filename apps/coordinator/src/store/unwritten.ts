/**
 * Small writes that must come about in the end: a run's pause, a line of the log. What the store cannot take now is kept in
 * memory, in order, and tried again until it can (DU2). Nobody waits for it.
 */
import type { Alarm, Clock } from '../clock.ts'
import { Queue } from '../queue.ts'

const PAUSE_MS = 5_000

type Write = () => Promise<void>

export class Unwritten {
  readonly #writes = new Map<string, Write>()
  readonly #attempts = new Queue()
  readonly #alarm: Alarm
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
    this.#alarm = clock.alarm(() => void this.#attempts.add(() => this.#writeAll()))
  }

  /** Tried at once. A later write under the same name takes its place. */
  add(name: string, write: Write): void {
    this.#writes.delete(name)
    this.#writes.set(name, write)
    void this.#attempts.add(() => this.#writeAll())
  }

  /**
   * Tried once, in its turn, and forgotten whether it succeeds or not. An earlier write under the same name no longer holds; one that is
   * under way comes about before.
   */
  once(name: string, write: Write): Promise<void> {
    this.#writes.delete(name)
    return this.#attempts.add(write)
  }

  /** Resolves when everything so far has been tried. */
  async tried(): Promise<void> {
    await this.#attempts.drained()
  }

  /** One last attempt. What is still not written then is lost, as at a kill. */
  async close(): Promise<void> {
    await this.#attempts.add(() => this.#writeAll())
    this.#alarm.set(null)
  }

  async #writeAll(): Promise<void> {
    for (const [name, write] of this.#writes) {
      try {
        await write()
        if (this.#writes.get(name) === write) this.#writes.delete(name)
      } catch {
        // The guard has noted why.
        this.#alarm.set(this.#clock.nowMs() + PAUSE_MS)
      }
    }
  }
}
