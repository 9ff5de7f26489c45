/**
 * The bytes of a partial sum: the exact sum of the contributions of k >= 1 tasks, in units (RD2). Little-endian.
 *
 *     "WFP1" | u8 wire (0 int8, 1 int16, 2 float32) | i8 unit exponent | u8 coding (0 plain, 1 coded) | u8 0
 *     | u32 k | u32 quantised | u32 exact | u32 0
 *     | u32 bytes of each segment | segments
 *
 * A section (quantised, then exact) is cut into blocks: 1,024 values each in the quantised one, as in a contribution; 64 each in the
 * exact one, whose neighbours differ far more. 65,536 values of a section make a segment: the section's last one is
 * shorter, and so is its last block. Each segment can be read without the others:
 *
 *     for each block, u8 shift | u8 parameter   | padded to 4 bytes
 *     for each block, its whole numbers, coded (block-coding.ts) or plain (plain-block.ts), each a multiple of 4 bytes
 *
 * A value is its whole number times 2^shift units, and smaller than k * 2^47 units. Writers take the largest shift (0 for zeros)
 * and the parameter by one rule, so that equal sums of as many tasks have equal bytes. Padding is zero. There is nothing behind
 * the last segment.
 */
import { codedBitsPerValue } from './block-coding.ts'
import type { Wire } from './run-config.ts'
import { BLOCK_SIZE, MANTISSA_BITS, RANGE_BITS, type VectorShape } from './vector-format.ts'

export const SEGMENT_VALUES = 65_536
export const EXACT_BLOCK = 64
export const PARTIAL_SUM_HEADER_BYTES = 24
/** As many contributions below 2^47 units as add up in 63 bits (RD1). */
export const TASKS_MAX = 65_536
export const SHIFT_MAX = 63

const MAGIC = 0x31504657
const WIRES: readonly Wire[] = ['int8', 'int16', 'float32']
const CODINGS = ['plain', 'coded'] as const
/** A value of a single contribution outside the quantised section, at most: 24 significant bits below 2^47, or its sign. */
const EXACT_BITS = RANGE_BITS + 1

/** Plain: cheap to make and to read. Coded: as small as it gets. The sum is the same. */
export type Coding = (typeof CODINGS)[number]

export type PartialSumKind = VectorShape & { wire: Wire; unitExponent: number }

/** One of the pieces that can be read without the others. */
export type Segment = {
  /** Its first value, counted over both sections. */
  start: number
  values: number
  blockValues: number
  blocks: number
}

export function segmentsOf({ quantised, exact }: VectorShape): Segment[] {
  return [...cut(0, quantised, BLOCK_SIZE), ...cut(quantised, exact, EXACT_BLOCK)]
}

/** Bytes of a segment's shifts and parameters. */
export function blockTableBytes({ blocks }: Segment): number {
  return Math.ceil(blocks / 2) * 4
}

/** Header and table of segments. */
export function prefixBytes(shape: VectorShape): number {
  return PARTIAL_SUM_HEADER_BYTES + segmentsOf(shape).length * 4
}

/** The largest a sum of so many tasks can be, however it is coded: more need not be read. */
export function largestPartialSumBytes(kind: PartialSumKind, tasks: number): number {
  let bytes = prefixBytes(kind)
  for (const segment of segmentsOf(kind))
    bytes += largestSegmentBytes(segment, valueBits(segment, kind, tasks))
  return bytes
}

/** Of values whose whole numbers have that many bits, the sign included. */
export function largestSegmentBytes(segment: Segment, bits: number): number {
  const perValue = Math.max(Math.ceil(bits / 8) * 8, codedBitsPerValue(bits))
  // Remainders and quotients are padded each.
  const perBlock = Math.ceil((segment.blockValues * perValue) / 32) * 4 + 8
  return blockTableBytes(segment) + segment.blocks * perBlock
}

/** With the sign. One task's block has one exponent; those of several may lie as far apart as the range is wide. */
function valueBits({ blockValues }: Segment, { wire }: PartialSumKind, tasks: number): number {
  if (tasks > 1) return EXACT_BITS + Math.ceil(Math.log2(tasks))
  return blockValues === EXACT_BLOCK || wire === 'float32' ? EXACT_BITS : MANTISSA_BITS[wire] + 1
}

export type PartialSumHeader = { coding: Coding; tasks: number }

export function writePartialSumHeader(
  bytes: Uint8Array,
  { wire, unitExponent, quantised, exact }: PartialSumKind,
  { coding, tasks }: PartialSumHeader,
): void {
  const header = new DataView(bytes.buffer, bytes.byteOffset, PARTIAL_SUM_HEADER_BYTES)
  header.setUint32(0, MAGIC, true)
  header.setUint8(4, WIRES.indexOf(wire))
  header.setInt8(5, unitExponent)
  header.setUint8(6, CODINGS.indexOf(coding))
  header.setUint32(8, tasks, true)
  header.setUint32(12, quantised, true)
  header.setUint32(16, exact, true)
}

/** The header, or what is wrong with it, in words. `bytes` has at least PARTIAL_SUM_HEADER_BYTES. */
export function readPartialSumHeader(bytes: Uint8Array, expected: PartialSumKind): PartialSumHeader | string {
  const header = new DataView(bytes.buffer, bytes.byteOffset, PARTIAL_SUM_HEADER_BYTES)
  if (header.getUint32(0, true) !== MAGIC) return 'it does not begin with WFP1'
  if (WIRES[header.getUint8(4)] !== expected.wire) return `its wire is not ${expected.wire}`
  if (header.getInt8(5) !== expected.unitExponent) return 'its unit is not the run’s'
  const coding = CODINGS[header.getUint8(6)]
  if (coding === undefined) return `its coding ${header.getUint8(6)} is not known`
  if (header.getUint8(7) !== 0 || header.getUint32(20, true) !== 0)
    return 'its header has bits that mean nothing'
  const tasks = header.getUint32(8, true)
  if (tasks < 1 || tasks > TASKS_MAX) return `it says that it sums ${tasks} tasks`
  const isShape =
    header.getUint32(12, true) === expected.quantised && header.getUint32(16, true) === expected.exact
  return isShape ? { coding, tasks } : 'its numbers of values are not those of the run’s layout'
}

function cut(start: number, length: number, blockValues: number): Segment[] {
  const segments: Segment[] = []
  for (let from = 0; from < length; from += SEGMENT_VALUES) {
    const values = Math.min(SEGMENT_VALUES, length - from)
    segments.push({ start: start + from, values, blockValues, blocks: Math.ceil(values / blockValues) })
  }
  return segments
}
