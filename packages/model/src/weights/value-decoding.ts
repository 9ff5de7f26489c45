/** Values of the dtypes that weights are stored in, little-endian, as single precision. */
import { decodeFloat16 } from '@worldflora/protocol/float16'

export type Decoding =
  | { kind: 'float32' | 'float16' | 'bfloat16' }
  /** Whole numbers q that stand for scale * q + min. */
  | { kind: 'uint8' | 'uint16'; scale: number; min: number }

export const BYTES_OF: Record<Decoding['kind'], number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  uint8: 1,
  uint16: 2,
}

/** Does not consume its argument. */
export function decodeValues(bytes: Uint8Array, decoding: Decoding): Float32Array {
  const length = bytes.byteLength / BYTES_OF[decoding.kind]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (decoding.kind) {
    case 'float32':
      // A copy: the file's bytes may lie anywhere in a larger buffer.
      return new Float32Array(new Uint8Array(bytes).buffer)
    case 'float16':
      return decodeFloat16(bytes)
    case 'bfloat16': {
      const bits = new Uint32Array(length)
      for (let i = 0; i < length; i++) bits[i] = view.getUint16(2 * i, true) << 16
      return new Float32Array(bits.buffer)
    }
    case 'uint8':
      return Float32Array.from({ length }, (_, i) => decoding.scale * bytes[i]! + decoding.min)
    case 'uint16':
      return Float32Array.from(
        { length },
        (_, i) => decoding.scale * view.getUint16(2 * i, true) + decoding.min,
      )
  }
}
