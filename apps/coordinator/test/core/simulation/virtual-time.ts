/** A clock that jumps from one thing that happens to the next. What is due at the same moment happens in the order it was set. */

type Due = { atMs: number; serial: number; act: () => void }

export class VirtualTime {
  nowMs = 0
  /** A binary heap: the earliest first. */
  readonly #heap: Due[] = []
  #serial = 0

  after(delayMs: number, act: () => void): void {
    const heap = this.#heap
    const due = { atMs: this.nowMs + Math.max(0, Math.round(delayMs)), serial: this.#serial++, act }
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(due, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = due
  }

  /** Lets the next thing happen; false when nothing is due any more. */
  next(): boolean {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined) return false
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    this.nowMs = first.atMs
    first.act()
    return true
  }

  #sink(due: Due): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, due)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = due
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial)
}
