/**
 * A step's delta: what leads from one checkpoint to the next. Everybody who holds the weights applies it in the same way, the
 * coordinator included (RS4, SD2): the quantised section is added in single precision, the rest is replaced. Deltas of blocks
 * are coded (`WFD1`) where that is smaller; those of the float32 wire, and all of before, are plain vectors (`WFV1`). Little-endian:
 *
 *     "WFD1" | u8 wire (0 int8, 1 int16) | u8 0 | u16 0 | u32 quantised | u32 exact
 *     | for each block of 1,024 quantised values, i8 exponent | u8 parameter   | padded to 4
 *     | for each block of 64 exact values, u8 shift | u8 parameter             | padded to 4
 *     | coded blocks (block-coding.ts): mantissas, then differences
 *
 * An exact value travels as the difference of its 32 bits, taken for a whole number, from those of the value before: near
 * values have near bits, and modulo 2^32 every value is reached from every other.
 */
import { readCoded, type WrittenBlock, writeCoded } from './block-coding.ts'
import {
  applyVector,
  type EncodedVector,
  encodeVector,
  parseVector,
  type VectorKind,
} from './gradient-codec.ts'
import { powerOfTwo } from './power-of-two.ts'
import { isRejection, type Rejection } from './rejection.ts'
import type { Wire } from './run-config.ts'
import { UnitBlock } from './unit-block.ts'
import { malformed } from './vector-faults.ts'
import { BLOCK_SIZE, EXPONENTS, MANTISSA_BITS, type VectorShape } from './vector-format.ts'

const MAGIC = 0x31444657
const HEADER_BYTES = 16
const EXACT_BLOCK = 64
const WIRES = ['int8', 'int16', 'float32'] as const
/** A block of mantissas that share a power of two has it in its exponent. */
const EXPONENT_MAX = EXPONENTS.max + MANTISSA_BITS.int16
/** Bits of a folded difference, the largest there are. */
const FOLDED_BITS = 32
/** Words of a block of 1,024 or less at most: 33 bits a value, each of two parts padded. */
const BLOCK_WORDS = (BLOCK_SIZE * (FOLDED_BITS + 1)) / 32 + 2

export type DeltaRequest = {
  /** [quantised | exact]: what is to be added to the weights, then what is to replace them. */
  values: Float32Array
  /** Those it leads on from. */
  weights: Float32Array
  shape: VectorShape
  wire: Wire
}

export type EncodedDelta = {
  bytes: Uint8Array<ArrayBuffer>
  /** What it carries, rounded as the wire rounds. */
  update: EncodedVector
}

/** A pure function of the request. Rejects (`diverged`) values that are not finite or beyond the range. */
export function encodeDelta({ values, weights, shape, wire }: DeltaRequest): EncodedDelta | Rejection {
  const plain = encodeVector({ values, layout: shape, wire, unitExponent: null, random: null })
  if (isRejection(plain)) return plain
  const update = parseVector(plain, { ...shape, wire, unitExponent: null })
  if (isRejection(update)) return update
  const coded = wire === 'float32' ? plain : codeBlocks(update, weights)
  return { bytes: coded.byteLength < plain.byteLength ? coded : plain, update }
}

function codeBlocks(update: EncodedVector, weights: Float32Array): Uint8Array<ArrayBuffer> {
  const { quantised, exact, wire, exponents, mantissas, exactValues } = update
  const { quantisedTable, exactTable, blocks } = placesOf(update)
  const table = new Uint8Array(blocks)
  const view = new DataView(table.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, WIRES.indexOf(wire))
  view.setUint32(8, quantised, true)
  view.setUint32(12, exact, true)
  const out = new GrowingWords()
  const units = new UnitBlock()
  for (let start = 0, at = quantisedTable; start < quantised; start += BLOCK_SIZE, at += 2) {
    units.length = Math.min(BLOCK_SIZE, quantised - start)
    units.setMantissas(mantissas as Int8Array | Int16Array, start)
    const { shift, parameter } = out.write(units)
    view.setInt8(at, exponents[start / BLOCK_SIZE]! + shift)
    view.setUint8(at + 1, parameter)
  }
  const before = bitsOf(weights, quantised, exact)
  const after = bitsOf(exactValues, 0, exact)
  for (let start = 0, at = exactTable; start < exact; start += EXACT_BLOCK, at += 2) {
    units.length = Math.min(EXACT_BLOCK, exact - start)
    for (let i = 0; i < units.length; i++) {
      units.low[i] = after[start + i]! - before[start + i]!
      units.high[i] = units.low[i]! >> 31
    }
    const { shift, parameter } = out.write(units)
    view.setUint8(at, shift)
    view.setUint8(at + 1, parameter)
  }
  return out.behind(table)
}

/** Leads `weights` on by one step, in place. They are worth nothing if this rejects. */
export function applyDelta(weights: Float32Array, bytes: Uint8Array, kind: VectorKind): Rejection | null {
  const isCoded = bytes.byteLength >= HEADER_BYTES && viewOf(bytes).getUint32(0, true) === MAGIC
  if (!isCoded) {
    const plain = parseVector(bytes, kind)
    if (isRejection(plain)) return plain
    applyVector(weights, plain)
    return null
  }
  const fault = faultOfHeader(bytes, kind) ?? applyBlocks(weights, bytes, kind)
  return fault === null ? null : malformed(fault)
}

function applyBlocks(weights: Float32Array, bytes: Uint8Array, kind: VectorKind): string | null {
  const { quantised, exact } = kind
  const { quantisedTable, exactTable, blocks } = placesOf(kind)
  if (bytes.byteLength < blocks || bytes.byteLength % 4 !== 0) return 'its size is not that of a delta'
  const view = viewOf(bytes)
  const coded = bytes.subarray(blocks)
  const aligned = coded.byteOffset % 4 === 0 ? coded : new Uint8Array(coded)
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
  const mantissaLimit = 2 ** MANTISSA_BITS[kind.wire as 'int8' | 'int16']
  const units = new UnitBlock()
  const { low, high } = units
  let next = 0
  for (let start = 0, at = quantisedTable; start < quantised; start += BLOCK_SIZE, at += 2) {
    units.length = Math.min(BLOCK_SIZE, quantised - start)
    next = readCoded(units, view.getUint8(at + 1), words, next, words.length)
    if (next < 0) return `the block of value ${start} is not coded as it should be`
    const exponent = view.getInt8(at)
    if (exponent < EXPONENTS.min || exponent > EXPONENT_MAX) return `a block has exponent ${exponent}`
    const scale = powerOfTwo(exponent)
    for (let i = 0; i < units.length; i++) {
      const mantissa = low[i]!
      if (high[i] !== mantissa >> 31 || Math.abs(mantissa) > mantissaLimit)
        return 'a mantissa is out of range'
      weights[start + i] = weights[start + i]! + mantissa * scale
    }
  }
  const values = bitsOf(weights, quantised, exact)
  for (let start = 0, at = exactTable; start < exact; start += EXACT_BLOCK, at += 2) {
    units.length = Math.min(EXACT_BLOCK, exact - start)
    next = readCoded(units, view.getUint8(at + 1), words, next, words.length)
    if (next < 0) return `the block of value ${quantised + start} is not coded as it should be`
    const shift = view.getUint8(at)
    if (shift > 31) return `a block has the shift ${shift}`
    // `+` and the store are taken modulo 2^32.
    for (let i = 0; i < units.length; i++) values[start + i] = values[start + i]! + (low[i]! << shift)
  }
  return next === words.length ? null : 'there is something behind its last block'
}

function faultOfHeader(bytes: Uint8Array, { wire, quantised, exact }: VectorKind): string | null {
  const view = viewOf(bytes)
  if (wire === 'float32' || WIRES[view.getUint8(4)] !== wire) return `its wire is not ${wire}`
  if (view.getUint8(5) !== 0 || view.getUint16(6, true) !== 0) return 'its header has bits that mean nothing'
  const isShape = view.getUint32(8, true) === quantised && view.getUint32(12, true) === exact
  return isShape ? null : 'its numbers of values are not those of the run’s layout'
}

function placesOf({ quantised, exact }: VectorShape) {
  const tableBytes = (values: number, blockValues: number) =>
    Math.ceil(Math.ceil(values / blockValues) / 2) * 4
  const exactTable = HEADER_BYTES + tableBytes(quantised, BLOCK_SIZE)
  return { quantisedTable: HEADER_BYTES, exactTable, blocks: exactTable + tableBytes(exact, EXACT_BLOCK) }
}

function bitsOf(values: Float32Array, from: number, length: number): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset + from * 4, length)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Coded blocks one behind the other, in memory that doubles. */
class GrowingWords {
  #words = new Uint32Array(16 * BLOCK_WORDS)
  #end = 0

  write(block: UnitBlock): WrittenBlock {
    if (this.#words.length - this.#end < BLOCK_WORDS) {
      const larger = new Uint32Array(this.#words.length * 2)
      larger.set(this.#words)
      this.#words = larger
    }
    const written = writeCoded(block, this.#words, this.#end)
    this.#end = written.end
    return written
  }

  behind(table: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(table.length + this.#end * 4)
    bytes.set(table)
    bytes.set(new Uint8Array(this.#words.buffer, 0, this.#end * 4), table.length)
    return bytes
  }
}
