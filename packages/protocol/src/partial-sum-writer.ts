/** Makes partial sums, block by block: whatever is merged is never held as 64-bit sums all at once. */
import { ALL_ZERO, writeCoded } from './block-coding.ts'
import type { EncodedVector } from './gradient-codec.ts'
import {
  blockTableBytes,
  type Coding,
  largestSegmentBytes,
  PARTIAL_SUM_HEADER_BYTES,
  type PartialSumKind,
  prefixBytes,
  type Segment,
  segmentsOf,
  TASKS_MAX,
  writePartialSumHeader,
} from './partial-sum-format.ts'
import { type PartialSum, PartialSumReader } from './partial-sum-reader.ts'
import { writePlain } from './plain-block.ts'
import { powerOfTwo } from './power-of-two.ts'
import { UnitBlock } from './unit-block.ts'
import { BLOCK_SIZE } from './vector-format.ts'

type Source = {
  tasks: number
  /** Adds its values to `units`, which are those from `start` on; called for every block once, in order. */
  addTo(units: UnitBlock, start: number): void
  /** Sets them, divided by 2^(the shift that is given back), where that is cheaper; null where it is not. */
  putInto?(units: UnitBlock, start: number): number | null
}

/** The partial sum of one task: its contribution, parsed. */
export function partialSumOf(contribution: EncodedVector, coding: Coding): Uint8Array<ArrayBuffer> {
  return mergePartialSums([contribution], coding)
}

/**
 * The sum of contributions and of partial sums, all of one kind and checked. Any order and any grouping give the same bytes. Throws
 * when there are none, or more than 2^16 tasks in them: their number is the caller's to know.
 */
export function mergePartialSums(
  parts: readonly (EncodedVector | PartialSum)[],
  coding: Coding,
): Uint8Array<ArrayBuffer> {
  const kind = kindOf(parts)
  const sources = parts.map((part) => ('tasks' in part ? ofPartialSum(part) : ofContribution(part)))
  const tasks = sources.reduce((sum, source) => sum + source.tasks, 0)
  if (tasks > TASKS_MAX) throw new Error(`${tasks} tasks are more than add up in 63 bits`)
  const segments = segmentsOf(kind)
  // Whatever is in range fits: magnitudes have at most 63 bits.
  const scratch = new Uint8Array(Math.max(0, ...segments.map((segment) => largestSegmentBytes(segment, 64))))
  const written = segments.map((segment) => writeSegment(segment, { sources, coding, scratch }))
  const prefix = prefixBytes(kind)
  const bytes = new Uint8Array(written.reduce((sum, segment) => sum + segment.byteLength, prefix))
  writePartialSumHeader(bytes, kind, { coding, tasks })
  const table = new DataView(bytes.buffer, PARTIAL_SUM_HEADER_BYTES)
  let at = prefix
  for (const [index, segment] of written.entries()) {
    table.setUint32(index * 4, segment.byteLength, true)
    bytes.set(segment, at)
    at += segment.byteLength
  }
  return bytes
}

type SegmentWork = { sources: Source[]; coding: Coding; scratch: Uint8Array<ArrayBuffer> }

/** A copy of what it has written to `scratch`. */
function writeSegment(segment: Segment, { sources, coding, scratch }: SegmentWork): Uint8Array<ArrayBuffer> {
  const tableBytes = blockTableBytes(segment)
  const words = new Uint32Array(scratch.buffer)
  const [write, none] = coding === 'coded' ? ([writeCoded, ALL_ZERO] as const) : ([writePlain, 0] as const)
  const units = new UnitBlock()
  scratch.fill(0, 0, tableBytes)
  let at = tableBytes / 4
  for (let block = 0; block < segment.blocks; block++) {
    const start = segment.start + block * segment.blockValues
    units.length = Math.min(segment.blockValues, segment.start + segment.values - start)
    const divided = sumInto(units, start, sources)
    const { shift, parameter, end } = write(units, words, at)
    scratch[block * 2] = parameter === none ? 0 : shift + divided
    scratch[block * 2 + 1] = parameter
    at = end
  }
  return scratch.slice(0, at * 4)
}

/** Gives back the exponent of what the sum is divided by. */
function sumInto(units: UnitBlock, start: number, sources: readonly Source[]): number {
  const alone = sources.length === 1 ? sources[0]!.putInto?.(units, start) : null
  if (typeof alone === 'number') return alone
  units.clear(units.length)
  for (const source of sources) source.addTo(units, start)
  return 0
}

function kindOf(parts: readonly (EncodedVector | PartialSum)[]): PartialSumKind {
  const [first] = parts
  if (first === undefined || first.unitExponent === null) throw new Error('there is nothing to sum')
  const { quantised, exact, wire, unitExponent } = first
  const differs = parts.some(
    (part) =>
      part.quantised !== quantised ||
      part.exact !== exact ||
      part.wire !== wire ||
      part.unitExponent !== unitExponent,
  )
  if (differs) throw new Error('these are not parts of one sum')
  return { quantised, exact, wire, unitExponent }
}

function ofContribution({ wire, exponents, mantissas, exactValues, ...kind }: EncodedVector): Source {
  const unitExponent = kind.unitExponent!
  const perUnit = powerOfTwo(-unitExponent)
  return {
    tasks: 1,
    addTo(units, start) {
      if (start >= kind.quantised) units.addFloats(exactValues, start - kind.quantised, perUnit)
      else if (wire === 'float32') units.addFloats(mantissas as Float32Array, start, perUnit)
      else {
        const shift = exponents[start / BLOCK_SIZE]! - unitExponent
        units.addMantissas(mantissas as Int8Array | Int16Array, start, shift)
      }
    },
    putInto(units, start) {
      if (start >= kind.quantised || wire === 'float32') return null
      units.setMantissas(mantissas as Int8Array | Int16Array, start)
      return exponents[start / BLOCK_SIZE]! - unitExponent
    },
  }
}

function ofPartialSum(part: PartialSum): Source {
  const reader = new PartialSumReader(part)
  return {
    tasks: part.tasks,
    addTo(units) {
      const block = reader.next()
      if (block === null || typeof block === 'string') throw new Error(`not a partial sum: ${block}`)
      units.addBlock(block.units, block.shift)
    },
  }
}
