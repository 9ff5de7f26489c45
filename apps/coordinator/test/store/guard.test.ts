import type { Hash } from '@worldflora/protocol/ids'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import type { BlobStore } from '../../src/store/blob-store.ts'
import { guardBlobs, guardStore, LONGEST_STORE_CALL_MS } from '../../src/store/guard.ts'
import { StorageFault } from '../../src/store/storage-fault.ts'
import { StorageHealth } from '../../src/store/storage-health.ts'
import type { Store } from '../../src/store/store.ts'
import { Unwritten } from '../../src/store/unwritten.ts'
import { handClock } from '../hand-clock.ts'

const silent = pino({ level: 'silent' })
const withCode = (code: string) => Object.assign(new Error(`it says ${code}`), { code })

/** A store of three methods, answered by hand. */
function byHand() {
  const calls: { method: string; answer(value: unknown): void; fail(error: Error): void }[] = []
  const ask = (method: string) => () =>
    new Promise((answer, fail) => {
      calls.push({ method, answer, fail })
    })
  const store = {
    listRuns: ask('listRuns'),
    lossesUpTo: ask('lossesUpTo'),
    setRunState: ask('setRunState'),
  } as unknown as Store
  const clock = handClock()
  const health = new StorageHealth(silent)
  return { calls, clock, health, store: guardStore(store, clock, health) }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (error instanceof StorageFault ? error.rejection.code : error),
  )

describe('a database that hangs', () => {
  it('DU3: a call that is not answered in time has failed; the next ones fail at once, until it is answered', async () => {
    const { store, calls, clock, health } = byHand()
    const first = codeOf(store.listRuns())
    await Promise.resolve()
    clock.moveOn(LONGEST_STORE_CALL_MS - 1)
    expect(health.trouble).toBeNull()
    clock.moveOn(1)
    expect(await first).toBe('store-unavailable')
    expect(health.trouble?.message).toContain('has not answered for 30 seconds')
    expect(await codeOf(store.listRuns())).toBe('store-unavailable')
    expect(calls).toHaveLength(1)

    calls[0]!.answer([])
    await new Promise((settled) => setImmediate(settled))
    const later = store.listRuns()
    await Promise.resolve()
    calls[1]!.answer(['a run'])
    expect(await later).toEqual(['a run'])
    expect(health.trouble).toBeNull()
  })

  it('DU3: what it throws is said in plain words, and its own only in the log', async () => {
    const { store, calls, health } = byHand()
    const failed = codeOf(store.listRuns())
    await Promise.resolve()
    calls[0]!.fail(new Error('relation "runs" at /secret/path is gone'))
    expect(await failed).toBe('store-unavailable')
    expect(JSON.stringify(health.trouble)).not.toContain('secret')
  })
})

describe('a disk that is full', () => {
  it.each([['ENOSPC'], ['EDQUOT'], ['EFBIG'], ['53100']])(
    'DU1: %s, however deep it is wrapped',
    async (code) => {
      const { store, calls, health } = byHand()
      const failed = codeOf(store.setRunState('r' as never, 'paused', null))
      await Promise.resolve()
      calls[0]!.fail(new Error('Failed query', { cause: new Error('inner', { cause: withCode(code) }) }))
      expect(await failed).toBe('disk-full')
      expect(health.trouble?.action).toContain('Make room')
      // Reading works on a full disk, and says nothing.
      const read = store.listRuns()
      await Promise.resolve()
      calls[1]!.answer([])
      await read
      expect(health.trouble?.code).toBe('disk-full')
      const written = store.setRunState('r' as never, 'paused', null)
      await Promise.resolve()
      calls[2]!.answer(undefined)
      await written
      expect(health.trouble).toBeNull()
    },
  )

  it('DU2: the losses of a run are read: that says nothing about writing', async () => {
    const { store, calls, health } = byHand()
    const failed = codeOf(store.setRunState('r' as never, 'paused', null))
    await Promise.resolve()
    calls[0]!.fail(withCode('ENOSPC'))
    await failed
    const read = store.lossesUpTo('r' as never, 5, 64)
    await Promise.resolve()
    calls[1]!.answer([])
    await read
    expect(health.trouble?.code).toBe('disk-full')
  })

  it('DU1: a folder that may not be written is said as that', async () => {
    const put = () => Promise.reject(withCode('EACCES'))
    const health = new StorageHealth(silent)
    const blobs = guardBlobs({ put } as unknown as BlobStore, 'blobs', health)
    expect(await codeOf(blobs.put(new Uint8Array(1)))).toBe('not-writable')
  })
})

describe('what the store cannot take yet', () => {
  it('DU2: is tried again until it can, a later word replacing an earlier one', async () => {
    const clock = handClock()
    const unwritten = new Unwritten(clock)
    const written: string[] = []
    let isFull = true
    const write = (word: string) => async () => {
      if (isFull) throw withCode('ENOSPC')
      written.push(word)
    }
    unwritten.add('event 1', write('it is full'))
    unwritten.add('state', write('running'))
    unwritten.add('state', write('paused'))
    unwritten.add('dropped', write('never'))
    await unwritten.tried()
    await expect(unwritten.once('dropped', write('never'))).rejects.toThrow('ENOSPC')
    clock.moveOn(60_000)
    await unwritten.tried()
    expect(written).toEqual([])
    isFull = false
    clock.moveOn(60_000)
    await unwritten.tried()
    expect(written).toEqual(['it is full', 'paused'])
    clock.moveOn(60_000)
    await unwritten.close()
    expect(written).toHaveLength(2)
  })
})

describe('a blob that cannot be read', () => {
  it('DU5: what is not there is null, what fails is a fault: nothing is taken for lost because of a busy disk', async () => {
    const get = () => Promise.reject(withCode('EMFILE'))
    const blobs = guardBlobs({ get } as unknown as BlobStore, 'blobs', new StorageHealth(silent))
    expect(await codeOf(blobs.get('a'.repeat(64) as Hash))).toBe('store-unavailable')
  })
})
