/** Distinct contributions with mantissas as bell-shaped as gradients have, and exponents that differ from block to block. */
import { randomFillSync } from 'node:crypto'
import { BLOCK_SIZE, type EncodedVector, powerOfTwo } from '@worldflora/protocol/gradient-codec'
import { type Coding, type PartialSumKind, partialSumOf } from '@worldflora/protocol/partial-sum'

export function makeContributions(kind: PartialSumKind, coding: Coding, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => partialSumOf(vectorOf(kind), coding))
}

function vectorOf(kind: PartialSumKind): EncodedVector {
  const { quantised, exact, wire, unitExponent } = kind
  const random = randomFillSync(new Uint32Array(quantised))
  const exponents = new Int8Array(wire === 'float32' ? 0 : Math.ceil(quantised / BLOCK_SIZE))
  for (let block = 0; block < exponents.length; block++) exponents[block] = unitExponent + 8 + (block % 5)
  const mantissas = new { int8: Int8Array, int16: Int16Array, float32: Float32Array }[wire](quantised)
  const unit = powerOfTwo(unitExponent)
  for (let i = 0; i < quantised; i++) {
    const bits = random[i]!
    const bell = (bits & 63) + ((bits >>> 6) & 63) + ((bits >>> 12) & 63) + ((bits >>> 18) & 63) - 126
    if (wire === 'int8') mantissas[i] = bell
    else if (wire === 'int16') mantissas[i] = bell * 256 + (bits >>> 24)
    else mantissas[i] = (bell * 65_536 + (bits >>> 16)) * unit
  }
  const exactValues = new Float32Array(exact).fill(unit)
  return { ...kind, blockSize: BLOCK_SIZE, exponents, mantissas, exactValues }
}
