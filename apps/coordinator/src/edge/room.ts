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

/** A room of which nobody has more than a share at a time: who wants more waits for what is their own, and for nobody else's sake. */
export class SharedRoom {
  readonly #room: Room
  readonly #share: number
  readonly #ownOf = new Map<string, { own: Room; users: number }>()

  constructor(size: number, share: number) {
    this.#room = new Room(size)
    this.#share = share
  }

  async hold<T>(who: string, bytes: number, job: () => Promise<T>): Promise<T> {
    const part = this.#ownOf.get(who) ?? { own: new Room(this.#share), users: 0 }
    this.#ownOf.set(who, part)
    part.users++
    try {
      return await part.own.hold(bytes, () => this.#room.hold(Math.min(bytes, this.#share), job))
    } finally {
      if (--part.users === 0) this.#ownOf.delete(who)
    }
  }
}
