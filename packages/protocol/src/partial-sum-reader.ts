/** Reads a partial sum, segment after segment, block after block, and finds whatever is wrong with it (IN1). */
import { readCoded } from './block-coding.ts'
import {
  blockTableBytes,
  type Coding,
  PARTIAL_SUM_HEADER_BYTES,
  type PartialSumKind,
  prefixBytes,
  type Segment,
  SHIFT_MAX,
  segmentsOf,
} from './partial-sum-format.ts'
import { readPlain } from './plain-block.ts'
import { UnitBlock } from './unit-block.ts'
import { RANGE_BITS } from './vector-format.ts'

/** Checked: whatever is read from it is in range. */
export type PartialSum = PartialSumKind & {
  coding: Coding
  tasks: number
  bytes: Uint8Array
}

/** One block as it is read: value i of the vector is `units` value (i - start), times 2^shift units. Valid until the next. */
export type ReadBlock = { start: number; shift: number; units: UnitBlock }

export class PartialSumReader {
  readonly #part: PartialSum
  readonly #segments: Segment[]
  readonly #limit: bigint
  readonly #units = new UnitBlock()
  #segment = 0
  #block = 0
  /** Where the next segment begins, in bytes. */
  #next: number
  #table: Uint8Array = new Uint8Array()
  #words: Uint32Array = new Uint32Array()
  #at = 0

  constructor(part: PartialSum) {
    this.#part = part
    this.#segments = segmentsOf(part)
    this.#limit = BigInt(part.tasks) << BigInt(RANGE_BITS)
    this.#next = prefixBytes(part)
  }

  /** The next block; null behind the last; in words what is wrong. */
  next(): ReadBlock | null | string {
    const segment = this.#segments[this.#segment]
    if (segment === undefined) {
      return this.#next === this.#part.bytes.byteLength ? null : 'there is something behind its last segment'
    }
    if (this.#block === 0) {
      const fault = this.#open(segment)
      if (fault !== null) return fault
    }
    const block = this.#block++
    const start = segment.start + block * segment.blockValues
    const shift = this.#table[block * 2]!
    const parameter = this.#table[block * 2 + 1]!
    const units = this.#units
    units.length = Math.min(segment.blockValues, segment.start + segment.values - start)
    const read = this.#part.coding === 'coded' ? readCoded : readPlain
    this.#at = read(units, parameter, this.#words, this.#at, this.#words.length)
    if (this.#at < 0) return `the block of value ${start} is not coded as it should be`
    if (shift > SHIFT_MAX) return `the block of value ${start} has the shift ${shift}`
    const limit = ((this.#limit - 1n) >> BigInt(shift)) + 1n
    const beyond = units.findBeyond(limit)
    if (beyond >= 0) return `value ${start + beyond} is beyond the range`
    if (this.#block === segment.blocks) {
      if (this.#at !== this.#words.length) return `segment ${this.#segment} is longer than its blocks`
      this.#segment++
      this.#block = 0
    }
    return { start, shift, units }
  }

  #open(segment: Segment): string | null {
    const { bytes } = this.#part
    const place = bytes.byteOffset + PARTIAL_SUM_HEADER_BYTES + this.#segment * 4
    const length = new DataView(bytes.buffer, place, 4).getUint32(0, true)
    const table = blockTableBytes(segment)
    if (length % 4 !== 0 || length < table || this.#next + length > bytes.byteLength) {
      return `segment ${this.#segment} cannot have ${length} bytes`
    }
    this.#table = bytes.subarray(this.#next, this.#next + table)
    if (segment.blocks % 2 === 1 && (this.#table[table - 2]! | this.#table[table - 1]!) !== 0) {
      return `segment ${this.#segment} has bits that mean nothing`
    }
    const words = bytes.subarray(this.#next + table, this.#next + length)
    const isAligned = words.byteOffset % 4 === 0
    const from = isAligned ? words : new Uint8Array(words)
    this.#words = new Uint32Array(from.buffer, from.byteOffset, from.byteLength / 4)
    this.#at = 0
    this.#next += length
    return null
  }
}
