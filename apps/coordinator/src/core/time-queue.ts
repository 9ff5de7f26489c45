/** What is due when, the earliest first (a binary heap). What has come to nothing meanwhile is dropped when it comes up. */

type Entry<T> = { atMs: number; item: T }

/** Fewer are not worth a clearing out. */
const FEW = 64

export class TimeQueue<T> {
  readonly #isCurrent: (item: T) => boolean
  #heap: Entry<T>[] = []
  /** After the last clearing out. */
  #kept = 0

  constructor(isCurrent: (item: T) => boolean) {
    this.#isCurrent = isCurrent
  }

  add(atMs: number, item: T): void {
    if (this.#heap.length > FEW + 2 * this.#kept) this.#clearOut()
    this.#raise({ atMs, item })
  }

  /** Infinity if nothing is due any more. */
  nextAtMs(): number {
    return this.#first()?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** The first of those that are due by now, which leaves the queue. */
  take(nowMs: number): T | undefined {
    const first = this.#first()
    if (first === undefined || first.atMs > nowMs) return undefined
    this.#drop()
    return first.item
  }

  #first(): Entry<T> | undefined {
    while (this.#heap.length > 0 && !this.#isCurrent(this.#heap[0]!.item)) this.#drop()
    return this.#heap[0]
  }

  #raise(entry: Entry<T>): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.atMs <= entry.atMs) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #drop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.atMs < heap[child]!.atMs) child++
      if (last.atMs <= heap[child]!.atMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }

  /** What ended long before it was due would pile up. */
  #clearOut(): void {
    const current = this.#heap.filter(({ item }) => this.#isCurrent(item))
    this.#heap = []
    for (const entry of current) this.#raise(entry)
    this.#kept = current.length
  }
}
