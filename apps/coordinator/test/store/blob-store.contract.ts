/** What every blob store must do. */
import { createHash } from 'node:crypto'
import type { Hash } from '@worldflora/protocol/ids'
import { expect, it } from 'vitest'
import type { BlobStore } from '../../src/store/blob-store.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex') as Hash

async function* chunks(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield bytesOf(text)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export function blobStoreContract(open: () => Promise<BlobStore>): void {
  it('a blob is found by the hash of its bytes, whole and in parts; twice is once', async () => {
    const blobs = await open()
    const hash = await blobs.put(bytesOf('a leaf'))
    expect(await blobs.put(bytesOf('a leaf'))).toBe(hash)
    expect(hash).toBe(hashOf('a leaf'))
    expect(await blobs.size(hash)).toBe(6)
    expect(await blobs.get(hash)).toEqual(bytesOf('a leaf'))
    expect(await new Response(blobs.read(hash, { start: 2, end: 6 })).text()).toBe('leaf')
    expect(await new Response(blobs.read(hash, { start: 0, end: 0 })).text()).toBe('')
    expect(await all(blobs.list())).toEqual([hash])
  })

  it('what is not there is null, before and after it was', async () => {
    const blobs = await open()
    const hash = await blobs.put(bytesOf('a petal'))
    await blobs.delete(hash)
    await blobs.delete(hash)
    expect(await blobs.size(hash)).toBeNull()
    expect(await blobs.get(hash)).toBeNull()
    expect(await all(blobs.list())).toEqual([])
  })

  it('IN1: a stranger’s stream is stored only if it is what its name says, and not too long', async () => {
    const blobs = await open()
    const hash = hashOf('stem and root')
    const wrong = await blobs.putStream(hash, chunks('stem and fruit'), 100)
    expect(wrong).toMatchObject({ kind: 'rejection', code: 'hash-mismatch' })
    const long = await blobs.putStream(hash, chunks('stem and ', 'root'), 12)
    expect(long).toMatchObject({ kind: 'rejection', code: 'too-large' })
    expect(await blobs.size(hash)).toBeNull()
    expect(await blobs.putStream(hash, chunks('stem and ', 'root'), 13)).toEqual({ bytes: 13 })
    expect(await blobs.get(hash)).toEqual(bytesOf('stem and root'))
  })

  it('DU4: a stream that breaks off leaves nothing, and is said to have', async () => {
    const blobs = await open()
    async function* broken(): AsyncIterable<Uint8Array> {
      yield bytesOf('half a')
      throw new Error('the connection is lost')
    }
    expect(await blobs.putStream(hashOf('half a flower'), broken(), 100)).toMatchObject({
      kind: 'rejection',
      code: 'broken-off',
    })
    expect(await all(blobs.list())).toEqual([])
  })
}
