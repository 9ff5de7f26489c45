/** A bounded room for bodies: who does not fit waits, in the order of coming. */
export class Room {
  #free: number
  readonly #size: number
  readonly #waiting: { bytes: number; enter: () => void }[] = []

  constructor(size: number) {
    this.#size = size
    this.#free = size
  }

  /** What is larger than the room takes all of it. */
  async hold<T>(bytes: number, job: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.#size)
    if (this.#waiting.length > 0 || taken > this.#free) {
      await new Promise<void>((enter) => this.#waiting.push({ bytes: taken, enter }))
    } else this.#free -= taken
    try {
      return await job()
    } finally {
      this.#free += taken
      this.#admit()
    }
  }

  #admit(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && next.bytes <= this.#free;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift()
      this.#free -= next.bytes
      next.enter()
    }
  }
}
