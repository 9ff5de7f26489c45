/** Finds what is wrong with the segments of a partial sum (IN1): coding, padding, range. */
import { RANGE_BITS } from '@worldflora/protocol/gradient-codec'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { Contribution } from './contribution.ts'
import { type Kernels, kernelsIn } from './kernels.ts'
import type { PageReader } from './pages.ts'
import { type Slice, segmentsOf } from './segments.ts'

const SCRATCH_PAGES = (2 << 20) / 65_536

/** By the number that the kernel gives. */
const FAULTS = [
  'is longer than its blocks',
  'has a block that is not coded as it should be',
  'has a block whose shift is too large',
  'has a value beyond the range',
  'is longer than its blocks',
  'has bits that mean nothing',
] as const

export class PartialSumInspector {
  readonly #reader: PageReader
  readonly #bytes: Uint8Array
  readonly #kernels: Kernels

  constructor(reader: PageReader) {
    this.#reader = reader
    const memory = new WebAssembly.Memory({ initial: SCRATCH_PAGES, maximum: SCRATCH_PAGES, shared: true })
    this.#bytes = new Uint8Array(memory.buffer)
    this.#kernels = kernelsIn(memory)
  }

  /** In words, or null. */
  faultOf(body: Contribution, kind: PartialSumKind, { first, end }: Slice): string | null {
    const limit = BigInt(body.tasks) << BigInt(RANGE_BITS)
    for (const [i, { values, blockValues }] of segmentsOf(kind).slice(first, end).entries()) {
      const index = first + i
      const start = body.offsets[index]!
      const length = body.offsets[index + 1]! - start
      this.#reader.copy(body, start, length, this.#bytes, 0)
      const coding = body.coding === 'coded' ? 1 : 0
      const fault = this.#kernels.faultOfSegment(0, length, values, blockValues, coding, limit)
      if (fault !== 0) return `segment ${index} ${FAULTS[fault % 8]} (block ${fault >> 3})`
    }
    return null
  }
}
