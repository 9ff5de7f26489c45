/**
 * What every blob cache does. Plain functions that throw, so that the same tests run in Node (blob-cache.test.ts) and inside a
 * browser page, where there is no test runner.
 */
import { hashOf } from '@worldflora/protocol/hash'
import type { BlobCache } from '../src/session/blob-cache.ts'

export type ContractTest = {
  title: string
  run(openCache: (limitBytes: number) => Promise<BlobCache>): Promise<void>
}

const blobs = [1, 2, 3, 4].map((fill) => {
  const bytes = new Uint8Array(100).fill(fill)
  return { hash: hashOf(bytes), bytes }
})
const [first, second, third, fourth] = blobs as [Blob, Blob, Blob, Blob]
type Blob = (typeof blobs)[number]

export const blobCacheContract: ContractTest[] = [
  {
    title: 'gives back what it was given, and null for what it does not have',
    async run(openCache) {
      const cache = await openCache(1000)
      expectEqual(await cache.get(first.hash), null)
      await cache.put(first.hash, first.bytes)
      expectEqual([...(await cache.get(first.hash))!], [...first.bytes])
    },
  },
  {
    title: 'keeps its own copy: neither the giver nor a taker can change it',
    async run(openCache) {
      const cache = await openCache(1000)
      const given = first.bytes.slice()
      await cache.put(first.hash, given)
      given.fill(99)
      ;(await cache.get(first.hash))!.fill(98)
      expectEqual([...(await cache.get(first.hash))!], [...first.bytes])
    },
  },
  {
    title: 'forgets the least recently used when the limit is reached; a get is a use',
    async run(openCache) {
      const cache = await openCache(300)
      for (const { hash, bytes } of [first, second, third]) await cache.put(hash, bytes)
      await cache.get(first.hash)
      await cache.put(fourth.hash, fourth.bytes)
      expectEqual(await cache.hashes(), [fourth.hash, first.hash, third.hash])
      expectEqual(await cache.get(second.hash), null)
    },
  },
  {
    title: 'counts a blob once, however often it is put',
    async run(openCache) {
      const cache = await openCache(200)
      await cache.put(first.hash, first.bytes)
      await cache.put(second.hash, second.bytes)
      await cache.put(second.hash, second.bytes)
      expectEqual(await cache.hashes(), [second.hash, first.hash])
    },
  },
  {
    title: 'does not keep what is larger than the limit, and loses nothing over it',
    async run(openCache) {
      const cache = await openCache(150)
      await cache.put(first.hash, first.bytes)
      const large = new Uint8Array(151)
      await cache.put(hashOf(large), large)
      expectEqual(await cache.hashes(), [first.hash])
    },
  },
  {
    title: 'deletes, and has room again',
    async run(openCache) {
      const cache = await openCache(200)
      await cache.put(first.hash, first.bytes)
      await cache.put(second.hash, second.bytes)
      await cache.delete(first.hash)
      await cache.put(third.hash, third.bytes)
      expectEqual(await cache.hashes(), [third.hash, second.hash])
    },
  },
]

function expectEqual(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return
  throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}
