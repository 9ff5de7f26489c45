/**
 * Bounded shared memory for bodies on their way into the sums, in pages: nothing is fragmented, pages are used again, and
 * those used last come first, so that the process never holds more than the most that was ever needed at once. Who does not
 * fit waits, in the order of coming.
 */
import { Body } from './body.ts'
import { BUFFER_BYTES, PAGE_BYTES, PAGES_PER_BUFFER } from './pages.ts'

type Waiting = { bytes: number; enter: (body: Body) => void }

export class Room {
  readonly #pagesAtMost: number
  readonly #onGrowth: (buffer: SharedArrayBuffer) => void
  readonly #buffers: Uint8Array<SharedArrayBuffer>[] = []
  readonly #free: number[] = []
  readonly #waiting: Waiting[] = []
  #pages = 0
  #taken = 0

  constructor(bytesAtMost: number, onGrowth: (buffer: SharedArrayBuffer) => void) {
    this.#pagesAtMost = Math.ceil(bytesAtMost / PAGE_BYTES)
    this.#onGrowth = onGrowth
  }

  /** Room for a body of so many bytes at most; null: the signal came first. What is larger than the room has it alone. */
  take(bytes: number, signal?: AbortSignal): Promise<Body | null> {
    if (signal?.aborted) return Promise.resolve(null)
    if (this.#waiting.length === 0 && this.#fits(bytes)) return Promise.resolve(this.#open(bytes))
    return new Promise((resolve) => {
      const waiting: Waiting = { bytes, enter: resolve }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', () => {
        const place = this.#waiting.indexOf(waiting)
        if (place < 0) return
        this.#waiting.splice(place, 1)
        resolve(null)
        this.#admit()
      })
    })
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + pagesFor(bytes) <= this.#pagesAtMost
  }

  #open(bytes: number): Body {
    const count = pagesFor(bytes)
    while (this.#free.length < count) this.#grow()
    const pages = Uint32Array.from(this.#free.splice(this.#free.length - count).reverse())
    this.#taken += count
    return new Body(pages, bytes, this.#buffers, () => this.#giveBack(pages))
  }

  #grow(): void {
    const buffer = new SharedArrayBuffer(BUFFER_BYTES)
    this.#buffers.push(new Uint8Array(buffer))
    this.#onGrowth(buffer)
    const added: number[] = []
    for (let page = this.#pages + PAGES_PER_BUFFER - 1; page >= this.#pages; page--) added.push(page)
    this.#free.unshift(...added)
    this.#pages += PAGES_PER_BUFFER
  }

  #giveBack(pages: Uint32Array): void {
    for (let i = pages.length - 1; i >= 0; i--) this.#free.push(pages[i]!)
    this.#taken -= pages.length
    this.#admit()
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      next.enter(this.#open(next.bytes))
    }
  }
}

function pagesFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES))
}
