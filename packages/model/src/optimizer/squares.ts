/**
 * Sums of squares, of which norms are made, in an order that never changes: a tensor is cut where the flat vector passes a
 * multiple of PIECE; a piece is summed in four lanes, and pieces are added up in their order. So threads may sum pieces
 * (an unaligned slice of the vector would be another sum), and the norm has the same bits with any number of them (SD2).
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'

export const PIECE = 65_536

/** In double precision, of single-precision values: never out of range unless a value is. */
export function sumOfSquares(values: Float32Array, start: number, end: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = start
  for (; i + 4 <= end; i += 4) {
    a += values[i]! * values[i]!
    b += values[i + 1]! * values[i + 1]!
    c += values[i + 2]! * values[i + 2]!
    d += values[i + 3]! * values[i + 3]!
  }
  for (; i < end; i++) a += values[i]! * values[i]!
  return a + b + (c + d)
}

/** One sum per trainable tensor, in the layout's order. */
export function squaresOfTensors({ entries }: ParameterLayout, values: Float32Array): number[] {
  const sums: number[] = []
  for (const { spec, offset, length } of entries) {
    if (spec.role !== 'trainable') continue
    let sum = 0
    for (let start = offset; start < offset + length; ) {
      const end = Math.min(offset + length, (Math.floor(start / PIECE) + 1) * PIECE)
      sum += sumOfSquares(values, start, end)
      start = end
    }
    sums.push(sum)
  }
  return sums
}

/** The Euclidean norm over all tensors together. */
export function globalNorm(squares: readonly number[]): number {
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0))
}
