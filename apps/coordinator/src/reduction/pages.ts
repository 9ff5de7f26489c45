/** Where the bytes of a body lie in the room's shared buffers, and how a thread reads them. */

export const PAGE_BYTES = 65_536
/** Memory is taken from the system in buffers of so many pages. */
export const PAGES_PER_BUFFER = 1024
export const BUFFER_BYTES = PAGES_PER_BUFFER * PAGE_BYTES

/** A body as threads are told of it. */
export type PagedBytes = { pages: Uint32Array; bytes: number }

/** The buffer of the byte at `offset`, where in it, and how many bytes of the page are left from there on. */
export function placeOf(pages: Uint32Array, offset: number): { buffer: number; at: number; left: number } {
  const within = offset % PAGE_BYTES
  const page = pages[(offset - within) / PAGE_BYTES]!
  const inBuffer = page % PAGES_PER_BUFFER
  return {
    buffer: (page - inBuffer) / PAGES_PER_BUFFER,
    at: inBuffer * PAGE_BYTES + within,
    left: PAGE_BYTES - within,
  }
}

export class PageReader {
  readonly #buffers: Uint8Array[] = []

  /** In the order in which the room has taken them. */
  addBuffer(buffer: SharedArrayBuffer): void {
    this.#buffers.push(new Uint8Array(buffer))
  }

  /** Copies `length` bytes from `start` on to `target`, at `to`. */
  copy(body: PagedBytes, start: number, length: number, target: Uint8Array, to: number): void {
    if (start + length > body.bytes) throw new Error('beyond the end of a body')
    for (let done = 0; done < length; ) {
      const { buffer, at, left } = placeOf(body.pages, start + done)
      const count = Math.min(left, length - done)
      target.set(this.#buffers[buffer]!.subarray(at, at + count), to + done)
      done += count
    }
  }

  /** A copy of its own. */
  bytes(body: PagedBytes, start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    this.copy(body, start, length, bytes, 0)
    return bytes
  }

  /** All of it in order, without a copy. */
  *views(body: PagedBytes): Iterable<Uint8Array> {
    for (let start = 0; start < body.bytes; ) {
      const { buffer, at, left } = placeOf(body.pages, start)
      const count = Math.min(left, body.bytes - start)
      yield this.#buffers[buffer]!.subarray(at, at + count)
      start += count
    }
  }
}
