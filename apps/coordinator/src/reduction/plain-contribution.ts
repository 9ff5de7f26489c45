/**
 * A single task's contribution (protocol/gradient-codec) in pages: where its sections lie, and what is wrong with it (IN1),
 * found without having it in one piece.
 */
import {
  BLOCK_SIZE,
  encodedBytes,
  faultOfBlocks,
  faultOfHeader,
  HEADER_BYTES,
  powerOfTwo,
  RANGE_BITS,
} from '@worldflora/protocol/gradient-codec'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { Wire } from '@worldflora/protocol/run-config'
import { type Kernels, kernelsIn } from './kernels.ts'
import type { PagedBytes, PageReader } from './pages.ts'
import { SEGMENT_VALUES, type Segment, type Slice, segmentsOf } from './segments.ts'

const VALUE_BYTES = { int8: 1, int16: 2, float32: 4 } as const
const SCRATCH_PAGES = (SEGMENT_VALUES * 4) / 65_536

export type PlaceOfValues = {
  wire: Wire
  values: number
  valueBytes: number
  /** Of their blocks. */
  exponents: number
  blocks: number
}

/** Where `count` values of one section lie in the body, from the value `start` on (the first of a block). */
export function placeOfValues(kind: PartialSumKind, start: number, count: number): PlaceOfValues {
  const { quantised, exact, wire } = kind
  if (start >= quantised) {
    const values = encodedBytes(kind, wire) - (quantised + exact - start) * 4
    return { wire: 'float32', values, valueBytes: count * 4, exponents: 0, blocks: 0 }
  }
  const allBlocks = wire === 'float32' ? 0 : Math.ceil(quantised / BLOCK_SIZE)
  return {
    wire,
    values: HEADER_BYTES + Math.ceil(allBlocks / 4) * 4 + start * VALUE_BYTES[wire],
    valueBytes: count * VALUE_BYTES[wire],
    exponents: HEADER_BYTES + start / BLOCK_SIZE,
    blocks: wire === 'float32' ? 0 : Math.ceil(count / BLOCK_SIZE),
  }
}

/** Finds faults in bodies, in memory of its own. */
export class PlainInspector {
  readonly #reader: PageReader
  readonly #bytes: Uint8Array
  readonly #kernels: Kernels

  constructor(reader: PageReader) {
    this.#reader = reader
    const memory = new WebAssembly.Memory({ initial: SCRATCH_PAGES, maximum: SCRATCH_PAGES, shared: true })
    this.#bytes = new Uint8Array(memory.buffer)
    this.#kernels = kernelsIn(memory)
  }

  /** In words, or null: what is wrong with its size and its header. */
  faultOfFrame(body: PagedBytes, kind: PartialSumKind): string | null {
    const needed = encodedBytes(kind, kind.wire)
    if (body.bytes !== needed) {
      return `it has ${body.bytes} bytes where the run’s layout needs ${needed}`
    }
    return faultOfHeader(this.#reader.bytes(body, 0, HEADER_BYTES), kind)
  }

  /** The same of its values, in the segments from `first` up to `end`. */
  faultOfValues(body: PagedBytes, kind: PartialSumKind, { first, end }: Slice): string | null {
    for (const segment of segmentsOf(kind).slice(first, end)) {
      const place = placeOfValues(kind, segment.start, segment.values)
      const fault =
        place.wire === 'float32'
          ? this.#faultOfFloats(body, kind, segment, place)
          : this.#faultOfBlocks(body, kind, segment, place)
      if (fault !== null) return fault
    }
    return null
  }

  #faultOfFloats(
    body: PagedBytes,
    kind: PartialSumKind,
    segment: Segment,
    place: PlaceOfValues,
  ): string | null {
    const unit = kind.unitExponent
    this.#reader.copy(body, place.values, place.valueBytes, this.#bytes, 0)
    const bound = powerOfTwo(unit + RANGE_BITS)
    const index = this.#kernels.faultOfFloat32(0, segment.values, bound, powerOfTwo(-unit))
    if (index < 0) return null
    const value = new Float32Array(this.#bytes.buffer, index * 4, 1)[0]
    return `value ${segment.start + index} is ${value}, out of range or no whole number of units`
  }

  #faultOfBlocks(
    body: PagedBytes,
    kind: PartialSumKind,
    segment: Segment,
    place: PlaceOfValues,
  ): string | null {
    const exponents = new Int8Array(this.#reader.bytes(body, place.exponents, place.blocks).buffer)
    const { valueBytes } = place
    this.#reader.copy(body, place.values, valueBytes, this.#bytes, 0)
    const { buffer } = this.#bytes
    const mantissas =
      place.wire === 'int8' ? new Int8Array(buffer, 0, valueBytes) : new Int16Array(buffer, 0, valueBytes / 2)
    const fault = faultOfBlocks({ ...kind, blockSize: BLOCK_SIZE, exponents, mantissas, exactValues: NONE })
    return fault === null ? null : `from value ${segment.start} on, ${fault}`
  }
}

const NONE = new Float32Array()
