/** [rows, length] in one array, each row written in its place. */
export function writeRows(
  rows: number,
  length: number,
  write: (row: number, out: Float32Array) => void,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(rows * length)
  for (let row = 0; row < rows; row++) write(row, values.subarray(row * length, (row + 1) * length))
  return values
}
