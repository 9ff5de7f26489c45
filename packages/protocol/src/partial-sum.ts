/**
 * Partial sums: what is uploaded, merged and added. Merging is exact, so its order and grouping change no bit (RD2); the
 * bytes are in partial-sum-format.ts.
 */
import {
  largestPartialSumBytes,
  type PartialSumKind,
  prefixBytes,
  readPartialSumHeader,
} from './partial-sum-format.ts'
import { type PartialSum, PartialSumReader, type ReadBlock } from './partial-sum-reader.ts'
import { type Rejection, reject } from './rejection.ts'
import { UnitBlock } from './unit-block.ts'

export {
  blockTableBytes,
  type Coding,
  EXACT_BLOCK,
  largestPartialSumBytes,
  PARTIAL_SUM_HEADER_BYTES,
  type PartialSumHeader,
  type PartialSumKind,
  prefixBytes,
  readPartialSumHeader,
  SEGMENT_VALUES,
  type Segment,
  segmentsOf,
  TASKS_MAX,
} from './partial-sum-format.ts'
export type { PartialSum, ReadBlock } from './partial-sum-reader.ts'
export { mergePartialSums, partialSumOf } from './partial-sum-writer.ts'

/** What the receiver lets pass: the sums of how many tasks. */
export type PartialSumLimits = { tasks: number }

/** Reads and checks bytes from a stranger: size, header, table, padding, range. The result views `bytes`. */
export function parsePartialSum(
  bytes: Uint8Array,
  expected: PartialSumKind,
  limits: PartialSumLimits,
): PartialSum | Rejection {
  if (bytes.byteLength < prefixBytes(expected))
    return malformedPartialSum('it ends before its table of segments does')
  const header = readPartialSumHeader(bytes, expected)
  if (typeof header === 'string') return malformedPartialSum(header)
  const { coding, tasks } = header
  if (tasks > limits.tasks)
    return malformedPartialSum(`it sums ${tasks} tasks where ${limits.tasks} are expected`)
  if (bytes.byteLength > largestPartialSumBytes(expected, tasks)) {
    return malformedPartialSum(`${bytes.byteLength} bytes are more than a sum of ${tasks} can need`)
  }
  const { quantised, exact, wire, unitExponent } = expected
  const part = { quantised, exact, wire, unitExponent, coding, tasks, bytes }
  const fault = readAll(part, () => {})
  return fault === null ? part : malformedPartialSum(fault)
}

/** Calls `onBlock` with every block, in order. */
function readBlocks(part: PartialSum, onBlock: (block: ReadBlock) => void): void {
  const fault = readAll(part, onBlock)
  if (fault !== null) throw new Error(`a partial sum that was checked cannot be read: ${fault}`)
}

/** Adds to 64-bit sums in units, one a value: [quantised | exact]. */
export function addPartialSum(part: PartialSum, sums: BigInt64Array): void {
  const halves = new Int32Array(sums.buffer, sums.byteOffset, sums.length * 2)
  const total = new UnitBlock()
  readBlocks(part, ({ start, shift, units }) => {
    total.length = units.length
    for (let i = 0; i < units.length; i++) {
      total.low[i] = halves[(start + i) * 2]!
      total.high[i] = halves[(start + i) * 2 + 1]!
    }
    total.addBlock(units, shift)
    for (let i = 0; i < units.length; i++) {
      halves[(start + i) * 2] = total.low[i]!
      halves[(start + i) * 2 + 1] = total.high[i]!
    }
  })
}

function readAll(part: PartialSum, onBlock: (block: ReadBlock) => void): string | null {
  const reader = new PartialSumReader(part)
  for (;;) {
    const block = reader.next()
    if (block === null || typeof block === 'string') return block
    onBlock(block)
  }
}

export function malformedPartialSum(why: string): Rejection {
  return reject(
    'malformed-partial-sum',
    `These bytes are not a partial sum of this run: ${why}.`,
    'Update the worker and join again.',
  )
}
