/** The kernels' random numbers are those of `RandomStream`, wherever a stream is and however many are asked for. */
import { RandomStream } from '@worldflora/protocol/random'
import { threefry2x32 } from '@worldflora/protocol/threefry'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { openBackend, randomBlocks } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
})

test('SD1, SD3: blocks by the kernel are the blocks of Threefry, for any key and counter', () => {
  const make = randomBlocks()!
  const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(
      half,
      half,
      half,
      half,
      fc.integer({ min: 1, max: 600 }),
      (key0, key1, block, high, count) => {
        const words = new Uint32Array(count * 2)
        make({ key0, key1, block, high }, words)
        const one = new Uint32Array(count * 2)
        for (let i = 0; i < count; i++) threefry2x32(key0, key1, (block + i) | 0, high, one, i * 2)
        expect(words).toEqual(one)
      },
    ),
  )
})

test('SD1: a stream gives the same numbers by the kernel as without, one by one and many at once', () => {
  const make = randomBlocks()
  const plain = new RandomStream(3, 'roundGradient', 7, 2)
  const fast = new RandomStream(3, 'roundGradient', 7, 2)
  for (const count of [1, 512, 3, 511, 0, 2, 1000]) {
    const [words, same] = [new Uint32Array(count), new Uint32Array(count)]
    plain.fill(words)
    fast.fill(same, make)
    expect(same).toEqual(words)
  }
  expect(fast.uint32()).toBe(plain.uint32())
})

test('another backend has none to offer', async () => {
  await openBackend('cpu', nodeAssets)
  expect(randomBlocks()).toBeUndefined()
})
