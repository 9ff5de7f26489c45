import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { memorySource } from '../../src/weights/byte-source.ts'
import { readSafetensors } from '../../src/weights/safetensors.ts'
import { writeSafetensors } from '../../src/weights/safetensors-writing.ts'
import { wholeOf } from './whole.ts'

/** A file made by hand: any header, any values. */
function file(header: unknown, values: Uint8Array, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + values.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(values, 8 + json.length)
  return bytes
}

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes), 'm.safetensors')
const wordsOf = async (bytes: Uint8Array) => {
  const weights = await read(bytes)
  return isRejection(weights) ? weights.message : 'no rejection'
}
const valuesIn = async (bytes: Uint8Array, name: string) => {
  const weights = await read(bytes)
  if (isRejection(weights)) throw new Error(weights.message)
  return weights.tensors.get(name)!.read()
}
const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets })

describe('safetensors', () => {
  it('WT5: what is written is read again, bit for bit, with its metadata', async () => {
    const tensors = [
      { name: 'b', shape: [2, 3], values: new Float32Array([1, -0, 1e-45, 3.4e38, Number.NaN, 0.1]) },
      { name: 'a', shape: [], values: new Float32Array([7]) },
      { name: 'none', shape: [0, 4], values: new Float32Array(0) },
    ]
    const bytes = await wholeOf(writeSafetensors(tensors, tensors, { flora: 'Wiese ü' }))
    const weights = await read(bytes)
    if (isRejection(weights)) throw new Error(weights.message)
    expect(weights.metadata).toEqual({ flora: 'Wiese ü' })
    expect([...weights.tensors.keys()]).toEqual(['b', 'a', 'none'])
    for (const { name, shape, values } of tensors) {
      const stored = weights.tensors.get(name)!
      expect(stored.shape).toEqual(shape)
      const back = (await stored.read()) as Float32Array
      expect(new Uint32Array(back.buffer)).toEqual(new Uint32Array(values.buffer))
    }
    // The header ends at a multiple of 8, and says its own length.
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0)
  })

  it('half precision of both kinds is read as what it stands for', async () => {
    const halves = new Uint8Array(new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff]).buffer)
    expect(await valuesIn(file({ h: entry('F16', [4], [0, 8]) }, halves), 'h')).toEqual(
      new Float32Array([1, -2, 2 ** -24, 65504]),
    )
    const brains = new Uint8Array(new Uint16Array([0x3f80, 0xc000, 0x4049]).buffer)
    expect(await valuesIn(file({ b: entry('BF16', [3], [0, 6]) }, brains), 'b')).toEqual(
      new Float32Array([1, -2, 3.140625]),
    )
  })

  it('a tensor of another dtype is refused by name when it is read, and hinders no other', async () => {
    const bytes = file(
      { n: entry('I64', [], [0, 8]), w: entry('F32', [1], [8, 12]) },
      new Uint8Array(new Float32Array([0, 0, 2]).buffer),
    )
    expect(await valuesIn(bytes, 'w')).toEqual(new Float32Array([2]))
    expect(await valuesIn(bytes, 'n')).toMatchObject({
      code: 'unsupported-dtype',
      message: expect.stringContaining('n is I64'),
    })
  })

  const four = new Uint8Array(4)
  it.each([
    ['an empty file', new Uint8Array(0), /shorter than a header/],
    ['seven bytes', new Uint8Array(7), /shorter than a header/],
    ['a header that is longer than the file', file('{}', four, 1_000n), /would have 1000 bytes/],
    ['a header of 2^63 bytes', file('{}', four, 2n ** 63n), /would have 9223372036854775808 bytes/],
    ['a header that is no JSON', file('{"w": ', four), /not JSON/],
    ['a header that is no UTF-8', file('{"w": 1}', four, 9n), /not (JSON|whole)/],
    ['a header that is a list', file([], four), /not an object/],
    ['metadata that are no words', file({ __metadata__: { a: 1 } }, new Uint8Array(0)), /metadata/],
    ['an unknown dtype', file({ w: entry('F31', [1], [0, 4]) }, four), /entry of w/],
    ['a negative extent', file({ w: entry('F32', [-1], [0, 4]) }, four), /entry of w/],
    ['a shape that overflows', file({ w: entry('F32', [2 ** 40, 2 ** 40], [0, 4]) }, four), /entry of w/],
    ['a shape that is larger than its place', file({ w: entry('F32', [2], [0, 4]) }, four), /w has 4 bytes/],
    ['a place that ends before it begins', file({ w: entry('F32', [1], [4, 0]) }, four), /w has -4 bytes/],
    ['a place behind the end', file({ w: entry('F32', [1], [4, 8]) }, four), /gap or an overlap/],
    ['more than there is', file({ w: entry('F32', [2], [0, 8]) }, four), /take 8 bytes, and it has 4/],
    [
      'two tensors in one place',
      file({ v: entry('F32', [1], [0, 4]), w: entry('F32', [1], [0, 4]) }, four),
      /gap or an overlap at byte 0/,
    ],
    ['bytes that no tensor names', file({ w: entry('F32', [1], [0, 4]) }, new Uint8Array(5)), /it has 5/],
  ])('IN1: %s is refused with what is wrong', async (_, bytes, words) => {
    expect(await wordsOf(bytes)).toMatch(words)
    expect(await wordsOf(bytes)).toContain('m.safetensors')
  })
})
