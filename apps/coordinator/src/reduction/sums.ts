/**
 * The exact sums of a run's step: one 64-bit integer per value, in units (RD1). Integer addition is associative and
 * commutative, so neither the order of arrival nor any grouping can change a bit. At most 2^16 contributions of values below
 * 2^47 units stay below 2^63: overflow is excluded by construction.
 *
 * The sums lie in memory that all threads share. A thread works on segments that nobody else works on at that time, which
 * is its caller's to see to: nothing here waits or locks.
 */
import { powerOfTwo } from '@worldflora/protocol/gradient-codec'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { Contribution } from './contribution.ts'
import { type Kernels, kernelsIn, LIST_BYTES, TABLE_BYTES, TABLE_ENTRY_BYTES } from './kernels.ts'
import type { PageReader } from './pages.ts'
import { SEGMENT_VALUES, SEGMENTS_PER_PART, type Segment, type Slice, segmentsOf } from './segments.ts'

/** So many contributions are added at once: the more, the less of the time goes to reading and writing the sums. */
export const CONTRIBUTIONS_AT_ONCE = 16
/** Values whose means are taken at a time: they stay in the processor's cache meanwhile. */
const STRETCH_VALUES = 16_384
/** What kernels read of a segment beyond its end. */
const SLACK_BYTES = 16
/** The bytes of contributions that are worked on at a time: one segment of each, of as many as there is room for. */
const BYTES_AT_ONCE = 2 << 20
const TABLES_BYTES = CONTRIBUTIONS_AT_ONCE * TABLE_BYTES + LIST_BYTES
const SCRATCH_BYTES = TABLES_BYTES + BYTES_AT_ONCE
const WASM_PAGE_BYTES = 65_536

/** What threads are given. The means stay where they are from step to step. */
export type SharedSums = {
  kind: PartialSumKind
  parts: WebAssembly.Memory[]
  means: Float32Array<SharedArrayBuffer>
}

/** All zero. */
export function makeSums(kind: PartialSumKind, threads: number): SharedSums {
  const segments = segmentsOf(kind).length
  const parts: WebAssembly.Memory[] = []
  for (let first = 0; first < segments; first += SEGMENTS_PER_PART) {
    const values = Math.min(SEGMENTS_PER_PART, segments - first) * SEGMENT_VALUES
    const pages = Math.ceil((values * 8 + threads * SCRATCH_BYTES) / WASM_PAGE_BYTES)
    parts.push(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }))
  }
  return { kind, parts, means: new Float32Array(new SharedArrayBuffer((kind.quantised + kind.exact) * 4)) }
}

/** One part as one thread has it before it. */
type Part = { kernels: Kernels; bytes: Uint8Array; view: DataView; scratch: number }

/** The sums as one thread sees them. */
export class Sums {
  readonly segments: Segment[]
  readonly #shared: SharedSums
  readonly #parts: Part[]

  /** `thread`: which of those that `makeSums` has made room for. */
  constructor(shared: SharedSums, thread: number) {
    this.#shared = shared
    this.segments = segmentsOf(shared.kind)
    this.#parts = shared.parts.map((memory, part) => {
      const values = Math.min(SEGMENTS_PER_PART, this.segments.length - part * SEGMENTS_PER_PART)
      return {
        kernels: kernelsIn(memory),
        bytes: new Uint8Array(memory.buffer),
        view: new DataView(memory.buffer),
        scratch: values * SEGMENT_VALUES * 8 + thread * SCRATCH_BYTES,
      }
    })
  }

  /** Adds contributions that were checked. */
  add(reader: PageReader, contributions: readonly Contribution[], { first, end }: Slice): void {
    if (contributions.length > CONTRIBUTIONS_AT_ONCE) throw new Error('too many contributions at once')
    for (let index = first; index < end; index++) {
      for (let next = 0; next < contributions.length; ) {
        next = this.#addSegments(reader, contributions, index, next)
      }
    }
  }

  /** The segment `index` of those from number `next` on that there is room for; the number after these. */
  #addSegments(
    reader: PageReader,
    contributions: readonly Contribution[],
    index: number,
    next: number,
  ): number {
    const { values, blockValues } = this.segments[index]!
    const { kernels, bytes, view, scratch } = this.#partOf(index)
    const end = scratch + SCRATCH_BYTES
    let at = scratch + TABLES_BYTES
    let count = 0
    for (; next < contributions.length; next++, count++) {
      const { offsets, coding, ...body } = contributions[next]!
      const start = offsets[index]!
      const length = offsets[index + 1]! - start
      if (at + length + SLACK_BYTES > end) break
      reader.copy(body, start, length, bytes, at)
      view.setUint32(scratch + count * TABLE_ENTRY_BYTES, at, true)
      view.setUint32(scratch + count * TABLE_ENTRY_BYTES + 8, coding === 'coded' ? 1 : 0, true)
      at += length
    }
    const list = scratch + CONTRIBUTIONS_AT_ONCE * TABLE_BYTES
    kernels.addSegment(this.#addressOf(index), scratch, count, list, values, blockValues)
    return next
  }

  /** Writes the sums divided by the step's number of samples to the shared means (GB2), and makes the sums zero. */
  takeMeans(samples: number, { first, end }: Slice): void {
    const { kind, means } = this.#shared
    const unit = powerOfTwo(kind.unitExponent)
    for (let index = first; index < end; index++) {
      const { start, values } = this.segments[index]!
      const { kernels, bytes, scratch } = this.#partOf(index)
      for (let from = 0; from < values; from += STRETCH_VALUES) {
        const count = Math.min(STRETCH_VALUES, values - from)
        kernels.takeMean(this.#addressOf(index) + from * 8, scratch, count, unit, samples)
        means.set(new Float32Array(bytes.buffer, scratch, count), start + from)
      }
    }
  }

  clear({ first, end }: Slice): void {
    for (let index = first; index < end; index++) {
      const at = this.#addressOf(index)
      this.#partOf(index).bytes.fill(0, at, at + SEGMENT_VALUES * 8)
    }
  }

  /** In units; a copy. */
  values(): BigInt64Array<ArrayBuffer> {
    const { quantised, exact } = this.#shared.kind
    const values = new BigInt64Array(quantised + exact)
    for (const [index, segment] of this.segments.entries()) {
      const { bytes } = this.#partOf(index)
      values.set(new BigInt64Array(bytes.buffer, this.#addressOf(index), segment.values), segment.start)
    }
    return values
  }

  #partOf(index: number): Part {
    return this.#parts[Math.floor(index / SEGMENTS_PER_PART)]!
  }

  #addressOf(index: number): number {
    return (index % SEGMENTS_PER_PART) * SEGMENT_VALUES * 8
  }
}
