import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  COMPACT_FORMAT,
  cutIntoShards,
  decodeCompact,
  encodeCompact,
  SHARD_BYTES,
} from '../src/compact-weights.ts'
import { hashOf } from '../src/hash.ts'
import { layoutOf, type ParameterSpec, sizeOf } from '../src/parameter-layout.ts'
import { isRejection } from '../src/rejection.ts'

const trainable = (name: string, ...shape: number[]): ParameterSpec => ({
  name,
  shape,
  role: 'trainable',
  decay: shape.length > 1,
})

const tensors = [
  trainable('conv', 3, 3, 2, 5),
  trainable('depthwise', 3, 3, 4, 1),
  trainable('head', 7, 3),
  trainable('lone', 6, 1),
  trainable('bias', 3),
]
const layout = layoutOf([...tensors, { name: 'mean', shape: [5], role: 'statistic', decay: false }])

/** Which channel a value belongs to, said in another way than the codec says it: by the axes. */
function channelOf(shape: readonly number[], index: number): number {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const axis = shape.length === 4 && shape[3] === 1 ? 2 : shape.length - 1
  return Math.floor(index / strides[axis]!) % shape[axis]!
}

const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const anyWeights = fc
  .array(finite, { minLength: layout.total, maxLength: layout.total })
  .map((values) => Float32Array.from(values))

function decoded(bytes: Uint8Array): Float32Array {
  const weights = decodeCompact(bytes, layout)
  if (isRejection(weights)) throw new Error(weights.message)
  return weights
}

it('QW1: a value comes back within half its channel’s scale, what is small as it was, and again to the same bytes', () => {
  fc.assert(
    fc.property(anyWeights, (weights) => {
      const bytes = encodeCompact(weights, layout)
      const back = decoded(bytes)
      expect(back.subarray(layout.quantised)).toEqual(weights.subarray(layout.quantised))
      for (const { spec, offset, length } of layout.entries.filter(
        (entry) => entry.offset < layout.quantised,
      )) {
        const most = new Map<number, number>()
        for (let i = 0; i < length; i++) {
          const channel = channelOf(spec.shape, i)
          most.set(channel, Math.max(most.get(channel) ?? 0, Math.abs(weights[offset + i]!)))
        }
        for (let i = 0; i < length; i++) {
          const scale = Math.max(
            most.get(channelOf(spec.shape, i))! / (spec.shape.length === 2 ? 127 : 32767),
            2 ** -126,
          )
          expect(Math.abs(back[offset + i]! - weights[offset + i]!)).toBeLessThanOrEqual(0.505 * scale)
        }
      }
      expect(hashOf(encodeCompact(weights.slice(), layout))).toBe(hashOf(bytes))
    }),
  )
})

it('QW1: golden bytes', () => {
  const small = layoutOf([trainable('conv', 1, 1, 1, 2), trainable('head', 2, 2), trainable('bias', 1)])
  const bytes = encodeCompact(Float32Array.from([32767, -0.5, 127, -1, 63.5, 0.25, 0.1]), small)
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe(COMPACT_FORMAT)
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '574651310400000006000000010000000000803f000180370000803f0402013ccdcccc3dff7f01807f814020',
  )
})

it('QW1: in a larger buffer, on any border, and in shared memory it reads the same', () => {
  const weights = Float32Array.from({ length: layout.total }, (_, i) => Math.sin(i))
  const bytes = encodeCompact(weights, layout)
  const expected = decoded(bytes)
  const pool = new Uint8Array(new SharedArrayBuffer(bytes.byteLength + 9))
  pool.set(bytes, 5)
  expect(decoded(pool.subarray(5, 5 + bytes.byteLength))).toEqual(expected)
})

it('IN1, QW1: what is cut off, too long or of another network is rejected with what to do; no damage throws', () => {
  const bytes = encodeCompact(new Float32Array(layout.total).fill(0.5), layout)
  const damage = fc.record({ at: fc.nat(bytes.byteLength - 1), value: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(damage, { maxLength: 8 }), fc.nat(bytes.byteLength + 8), (damages, length) => {
      const damaged = new Uint8Array(length)
      damaged.set(bytes.subarray(0, length))
      for (const { at, value } of damages) if (at < length) damaged[at] = value
      const back = decodeCompact(damaged, layout)
      if (length !== bytes.byteLength) expect(isRejection(back)).toBe(true)
      if (isRejection(back)) expect(back.action).toMatch(/Fetch it again/)
      else expect(back.every(Number.isFinite)).toBe(true)
    }),
  )
  const other = layoutOf([trainable('head', sizeOf([layout.total]), 1)])
  expect(isRejection(decodeCompact(bytes, other))).toBe(true)
})

it('QW2: shards are a mebibyte each but the last, and together what was cut', () => {
  const bytes = Uint8Array.from({ length: 2 * SHARD_BYTES + 5 }, (_, i) => i * 7)
  const shards = cutIntoShards(bytes)
  expect(shards.map(({ byteLength }) => byteLength)).toEqual([SHARD_BYTES, SHARD_BYTES, 5])
  expect(hashOf(Buffer.concat(shards))).toBe(hashOf(bytes))
  expect(cutIntoShards(bytes.slice(0, SHARD_BYTES))).toHaveLength(1)
})
