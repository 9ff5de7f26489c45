/** Jobs one after the other, in the order they came. A job that fails does not stop those behind it. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  add<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job)
    this.#last = done.catch(() => {})
    return done
  }

  /** Resolves when everything added so far is through. */
  async drained(): Promise<void> {
    await this.#last
  }
}
