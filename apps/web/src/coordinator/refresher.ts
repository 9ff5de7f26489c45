/** Reads again when there is news, one read at a time and with a rest between two, however fast the news comes. */
export class Refresher {
  readonly #read: () => Promise<void>
  readonly #restMs: number
  #state: 'resting' | 'rested' | 'closed' = 'rested'
  #wanted = false

  constructor(read: () => Promise<void>, restMs: number) {
    this.#read = read
    this.#restMs = restMs
  }

  ask(): void {
    this.#wanted = true
    if (this.#state === 'rested') void this.#go()
  }

  close(): void {
    this.#state = 'closed'
  }

  async #go(): Promise<void> {
    this.#wanted = false
    this.#state = 'resting'
    await this.#read()
    setTimeout(() => {
      if (this.#state === 'closed') return
      this.#state = 'rested'
      if (this.#wanted) void this.#go()
    }, this.#restMs)
  }
}
