/** The bytes of one contribution in shared memory: written once, as they come from the socket, and read by threads. */
import { type PagedBytes, placeOf } from './pages.ts'

export class Body {
  readonly #pages: Uint32Array
  readonly #capacity: number
  readonly #buffers: readonly Uint8Array[]
  #release: (() => void) | null
  #length = 0

  constructor(pages: Uint32Array, capacity: number, buffers: readonly Uint8Array[], release: () => void) {
    this.#pages = pages
    this.#capacity = capacity
    this.#buffers = buffers
    this.#release = release
  }

  get length(): number {
    return this.#length
  }

  /** False: there is no room for so many bytes, and nothing is written. */
  write(chunk: Uint8Array): boolean {
    if (this.#release === null) throw new Error('the room of this body was given back')
    if (this.#length + chunk.byteLength > this.#capacity) return false
    for (let from = 0; from < chunk.byteLength; ) {
      const { buffer, at, left } = placeOf(this.#pages, this.#length)
      const count = Math.min(left, chunk.byteLength - from)
      const piece = count === chunk.byteLength ? chunk : chunk.subarray(from, from + count)
      this.#buffers[buffer]!.set(piece, at)
      this.#length += count
      from += count
    }
    return true
  }

  /** A copy. */
  read(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const { buffer, at, left } = placeOf(this.#pages, start + done)
      const count = Math.min(left, length - done)
      bytes.set(this.#buffers[buffer]!.subarray(at, at + count), done)
      done += count
    }
    return bytes
  }

  /** Only while its room is not given back. */
  paged(): PagedBytes {
    return { pages: this.#pages, bytes: this.#length }
  }

  /** Gives its room back; more than once does no harm. */
  release(): void {
    this.#release?.()
    this.#release = null
  }
}
