import { hashOf } from '@worldflora/protocol/hash'
import type { CheckpointRef, RunDescription } from '@worldflora/protocol/messages'
import { describe, expect, test } from 'vitest'
import { memoryBlobCache } from '../src/session/blob-cache.memory.ts'
import type { BlobSource } from '../src/session/blob-source.ts'
import { batchesFrom, faultOfChain, supplyCheckpoint } from '../src/session/checkpoint-supply.ts'
import { CheckpointTrail } from '../src/session/checkpoint-trail.ts'
import type { CheckpointParts, ComputePort } from '../src/session/compute-port.ts'

const name = (text: string) => hashOf(new TextEncoder().encode(text))

function chainOf(length: number): CheckpointRef {
  const deltas = Array.from({ length }, (_, i) => ({
    blob: name(`delta ${i + 1}`),
    bytes: 10,
    checkpoint: name(`weights ${i + 1}`),
  }))
  const base = { step: 0, blob: name('weights 0'), bytes: 100 }
  return { step: length, checkpoint: deltas.at(-1)?.checkpoint ?? base.blob, base, deltas }
}

describe('the way to a checkpoint', () => {
  test('who holds nothing takes the base, then all deltas, a bounded number at once', () => {
    const batches = batchesFrom(chainOf(40), null)
    expect(batches.map(({ base, deltas }) => [base !== null, deltas.length])).toEqual([
      [true, 0],
      [false, 16],
      [false, 16],
      [false, 8],
    ])
    expect(batches.map(({ checkpoint }) => checkpoint)).toEqual(
      ['weights 0', 'weights 16', 'weights 32', 'weights 40'].map(name),
    )
  })

  test('who holds a checkpoint of the chain, or its base, takes the deltas after it', () => {
    const deltasFrom = (held: string) =>
      batchesFrom(chainOf(3), name(held)).flatMap(({ deltas }) => deltas.length)
    expect(deltasFrom('weights 2')).toEqual([1])
    expect(deltasFrom('weights 0')).toEqual([3])
  })

  test('who holds the weights of another run begins at the base', () => {
    expect(batchesFrom(chainOf(1), name('weights of another run'))[0]!.base).not.toBeNull()
  })

  test('IN1: a chain that does not end at its checkpoint is refused', () => {
    expect(faultOfChain(chainOf(2))).toBeNull()
    expect(faultOfChain({ ...chainOf(2), checkpoint: name('elsewhere') })).toMatchObject({
      code: 'broken-chain',
    })
  })
})

/** The same chain, with a base written ahead at one of its checkpoints. */
function fromBase(step: number, length: number): CheckpointRef {
  const { deltas, ...whole } = chainOf(length)
  const base = { step, blob: name(`weights ${step}`), bytes: 100 }
  return { ...whole, base, deltas: deltas.slice(step) }
}

/** A worker with a cache, a compute part that forgets when it is told to, and a count of what was downloaded. */
function follower() {
  const cache = memoryBlobCache(10_000)
  const downloaded: string[] = []
  const source = {
    async get({ hash, bytes }: { hash: ReturnType<typeof name>; bytes: number }) {
      const cached = await cache.get(hash)
      if (cached !== null) return cached
      downloaded.push(hash)
      await cache.put(hash, new Uint8Array(bytes))
      return new Uint8Array(bytes)
    },
  } as unknown as BlobSource
  let held: CheckpointParts['checkpoint'] | null = null
  const compute = {
    heldCheckpoint: async () => held,
    loadCheckpoint: async ({ checkpoint }: CheckpointParts) => {
      held = checkpoint
      return null
    },
  } as unknown as ComputePort
  const trail = new CheckpointTrail()
  const { signal } = new AbortController()
  const call = <T>(task: (compute: ComputePort) => Promise<T>) => task(compute)
  return {
    downloaded,
    startAnew: () => {
      held = null
    },
    reach: (ref: CheckpointRef, id = 'run-1') =>
      supplyCheckpoint({ id } as RunDescription, ref, { call, source, cache, trail, signal }),
    held: () => held,
  }
}

describe('CK2: a worker whose compute part is started anew', () => {
  test('goes again the way that it came, where the lease names a base that it never had', async () => {
    const worker = follower()
    for (const length of [0, 1, 2, 3]) await worker.reach(chainOf(length))
    worker.startAnew()
    worker.downloaded.length = 0
    expect(await worker.reach(fromBase(2, 4))).toBeNull()
    expect(worker.downloaded).toEqual([name('delta 4')])
    expect(worker.held()).toBe(name('weights 4'))
    worker.startAnew()
    expect(await worker.reach(fromBase(4, 5))).toBeNull()
    expect(worker.downloaded.slice(1)).toEqual([name('delta 5')])
  })

  test('takes the lease’s way where its own does not lead on, or is of another run', async () => {
    const worker = follower()
    await worker.reach(chainOf(1))
    worker.startAnew()
    worker.downloaded.length = 0
    await worker.reach(fromBase(3, 4))
    expect(worker.downloaded).toEqual([name('weights 3'), name('delta 4')])
    worker.startAnew()
    await worker.reach(fromBase(4, 5), 'run-2')
    expect(worker.downloaded.slice(2)).toEqual([name('weights 4'), name('delta 5')])
  })
})
