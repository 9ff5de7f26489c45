import { expect, it } from 'vitest'
import { hashOf } from '../src/hash.ts'
import { layoutOf } from '../src/parameter-layout.ts'
import { isRejection } from '../src/rejection.ts'
import { decodeWeights, encodeWeights } from '../src/tensor-codec.ts'

const layout = layoutOf([{ name: 'kernel', shape: [2, 2], role: 'trainable', decay: true }])
const values = Float32Array.from([1, -2.5, 0.1, 1e-40])

it('golden bytes: weights are little-endian single precision, in order', () => {
  const bytes = encodeWeights(values)
  expect(Buffer.from(bytes).toString('hex')).toBe('0000803f000020c0cdcccc3dc2160100')
  expect(hashOf(bytes)).toBe(hashOf(encodeWeights(Float32Array.from([9, ...values, 9]).subarray(1, 5))))
  expect(decodeWeights(bytes, layout)).toEqual(values)
})

it('reads weights from the middle of a larger buffer, on any border, into memory of their own', () => {
  const pool = Buffer.alloc(64)
  pool.set(encodeWeights(values), 3)
  const decoded = decodeWeights(pool.subarray(3, 19), layout)
  pool.fill(0)
  expect(decoded).toEqual(values)
})

it('IN1: weights of another size are refused, with both sizes', () => {
  const refused = decodeWeights(new Uint8Array(12), layout)
  expect(isRejection(refused) && refused.message).toMatch(/12 bytes.*needs 16/)
})
