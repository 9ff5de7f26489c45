/** Rows of equally many values, one after the other. */
export type Rows = { count: number; width: number; values: Float32Array }

export function rowOf({ width, values }: Rows, row: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width)
}

export function pick(rows: Rows, which: readonly number[]): Rows {
  const values = new Float32Array(which.length * rows.width)
  for (const [place, row] of which.entries()) values.set(rowOf(rows, row), place * rows.width)
  return { count: which.length, width: rows.width, values }
}

export function joined(...parts: readonly Rows[]): Rows {
  const width = parts[0]!.width
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const values = new Float32Array(count * width)
  let at = 0
  for (const part of parts) {
    values.set(part.values, at)
    at += part.values.length
  }
  return { count, width, values }
}
