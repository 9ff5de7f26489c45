/** What the workers of a step fetch at the same moment. */
import { hashOfText } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { describe, expect, it } from 'vitest'
import { openRecentBlobs } from '../../src/edge/recent-blobs.ts'

const MB = 1 << 20
const nameOf = (n: number) => hashOfText(`blob ${n}`)

/** A disk whose reads end when they are told to. */
function slowDisk() {
  const reads: Hash[] = []
  const ends: (() => void)[] = []
  return {
    reads,
    get: (hash: Hash) =>
      new Promise<Uint8Array<ArrayBuffer>>((resolve) => {
        reads.push(hash)
        ends.push(() => resolve(new Uint8Array(MB)))
      }),
    finish() {
      for (const end of ends.splice(0)) end()
    },
  }
}

describe('blobs that were asked for lately', () => {
  it('many ask at the same moment, and the disk is read once', async () => {
    const disk = slowDisk()
    const recent = openRecentBlobs(disk)
    const asked = Array.from({ length: 50 }, () => recent.get(nameOf(0), MB))
    disk.finish()
    for (const bytes of await Promise.all(asked)) expect(bytes?.byteLength).toBe(MB)
    expect(await recent.get(nameOf(0), MB)).toHaveLength(MB)
    expect(disk.reads).toEqual([nameOf(0)])
  })

  it('of many different ones a few are read into memory, and the others are for the disk; nobody gets an error', async () => {
    const disk = slowDisk()
    const recent = openRecentBlobs(disk)
    const asked = Array.from({ length: 40 }, (_, n) => recent.get(nameOf(n), MB))
    expect(disk.reads).toHaveLength(4)
    disk.finish()
    const got = await Promise.all(asked)
    expect(got.filter((bytes) => bytes !== null)).toHaveLength(4)
  })

  it('large ones are never held, nor those that are absent or damaged', async () => {
    const recent = openRecentBlobs({ get: async () => null })
    expect(await recent.get(nameOf(0), 16 * MB)).toBeNull()
    expect(await recent.get(nameOf(1), MB)).toBeNull()
  })

  it('a read that fails fails for those who asked, and is tried again', async () => {
    let isBroken = true
    const recent = openRecentBlobs({
      async get() {
        if (isBroken) throw new Error('EIO')
        return new Uint8Array(3)
      },
    })
    await expect(recent.get(nameOf(0), 3)).rejects.toThrow('EIO')
    isBroken = false
    expect(await recent.get(nameOf(0), 3)).toHaveLength(3)
  })
})
