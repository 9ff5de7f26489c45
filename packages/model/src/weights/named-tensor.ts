/** Tensors on their way into a file, one by one, so that the file needs no buffer of its size. */
export type NamedTensor = {
  name: string
  shape: readonly number[]
  /** Row by row, in single precision. */
  values: Float32Array
}

export type TensorShape = Omit<NamedTensor, 'values'>

/** Little-endian, as every machine that runs Node or a browser has them. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
