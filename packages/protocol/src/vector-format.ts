/**
 * The bytes of an encoded vector, little-endian (as every machine is that runs this):
 *
 *     "WFV1" | u8 wire | i8 unit (-128: none) | u16 block size | u32 quantised | u32 exact
 *     | i8 exponents, one a block (none on the float32 wire), padded to 4 | mantissas, padded to 4 | float32 of the rest
 */
import type { Wire } from './run-config.ts'

export const BLOCK_SIZE = 1024
/** A contribution's values are below 2^RANGE_BITS units in magnitude: 2^16 of them add up in 63 bits (RD1). */
export const RANGE_BITS = 47
/** Exponents a block may have: any mantissa times such a power is a normal single-precision number. */
export const EXPONENTS = { min: -110, max: 110 } as const
export const MANTISSA_BITS = { int8: 7, int16: 15 } as const

const MAGIC = 0x31564657
export const HEADER_BYTES = 16
const NO_UNIT = -128
const WIRES: readonly Wire[] = ['int8', 'int16', 'float32']
const MANTISSAS = { int8: Int8Array, int16: Int16Array, float32: Float32Array } as const

export type VectorShape = { quantised: number; exact: number }

export type VectorKind = VectorShape & {
  wire: Wire
  /** null for a delta. */
  unitExponent: number | null
}

export type EncodedVector = VectorKind & {
  blockSize: number
  /** One a block; empty on the float32 wire. */
  exponents: Int8Array
  mantissas: Int8Array | Int16Array | Float32Array
  exactValues: Float32Array
}

export function encodedBytes(shape: VectorShape, wire: Wire): number {
  return sectionsOf(shape, wire).end
}

/** Views of all sections; `bytes` begins on a border of four and has the size of its kind. */
export function viewOf(bytes: Uint8Array, kind: VectorKind): EncodedVector {
  const { quantised, exact, wire } = kind
  const place = sectionsOf(kind, wire)
  const { buffer, byteOffset } = bytes
  return {
    ...kind,
    blockSize: BLOCK_SIZE,
    exponents: new Int8Array(buffer, byteOffset + place.exponents, place.blocks),
    mantissas: new MANTISSAS[wire](buffer as ArrayBuffer, byteOffset + place.mantissas, quantised),
    exactValues: new Float32Array(buffer, byteOffset + place.exact, exact),
  }
}

export function writeHeader(bytes: Uint8Array, { wire, unitExponent, quantised, exact }: VectorKind): void {
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  header.setUint32(0, MAGIC, true)
  header.setUint8(4, WIRES.indexOf(wire))
  header.setInt8(5, unitExponent ?? NO_UNIT)
  header.setUint16(6, BLOCK_SIZE, true)
  header.setUint32(8, quantised, true)
  header.setUint32(12, exact, true)
}

/** What is wrong with the header, in words. */
export function faultOfHeader(bytes: Uint8Array, expected: VectorKind): string | null {
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  if (header.getUint32(0, true) !== MAGIC) return 'it does not begin with WFV1'
  if (WIRES[header.getUint8(4)] !== expected.wire) return `its wire is not ${expected.wire}`
  if (header.getInt8(5) !== (expected.unitExponent ?? NO_UNIT)) return 'its unit is not the run’s'
  if (header.getUint16(6, true) !== BLOCK_SIZE) return `its block size is not ${BLOCK_SIZE}`
  const isShape =
    header.getUint32(8, true) === expected.quantised && header.getUint32(12, true) === expected.exact
  return isShape ? null : 'its numbers of values are not those of the run’s layout'
}

function sectionsOf({ quantised, exact }: VectorShape, wire: Wire) {
  const blocks = wire === 'float32' ? 0 : Math.ceil(quantised / BLOCK_SIZE)
  const exponents = HEADER_BYTES
  const mantissas = exponents + padded(blocks)
  const exactAt = mantissas + padded(quantised * MANTISSAS[wire].BYTES_PER_ELEMENT)
  return { blocks, exponents, mantissas, exact: exactAt, end: exactAt + exact * 4 }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}
