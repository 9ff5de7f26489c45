/** A limited worker is a slower machine: with a clock that stands still until the test lets a pause end. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnCompute } from '../src/node/spawn-compute.ts'
import type { Clock } from '../src/session/clock.ts'
import { systemClock } from '../src/session/clock.ts'
import { identityInMemory, memoryBlobCache, type Session, startSession } from '../src/session/index.ts'
import { Inbox, type ScriptedCoordinator, startScriptedCoordinator } from './scripted-coordinator.ts'
import { checkpointAfter, gradientLease, packTinyShard } from './tiny-run.ts'

const IMAGES_PER_SECOND = 0.5
const IMAGES_OF_A_TASK = 4
const REST_MS = (1000 * IMAGES_OF_A_TASK) / IMAGES_PER_SECOND

type Pause = { ms: number; end(): void }

let coordinator: ScriptedCoordinator
let session: Session
let pauses: Inbox<Pause>

function standingClock(): Clock {
  return {
    nowMs: () => 0,
    pause: (ms, signal) =>
      new Promise((resolve, fail) => {
        signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
        pauses.add({ ms, end: resolve })
      }),
  }
}

/** Of other lengths are the pauses until the next lease is asked for. */
async function nextRest(): Promise<Pause> {
  for (;;) {
    const pause = await pauses.next()
    if (pause.ms === REST_MS) return pause
  }
}

beforeEach(async () => {
  coordinator = await startScriptedCoordinator()
  pauses = new Inbox()
  const shard = coordinator.keep(await packTinyShard())
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.work = ['lease-1', 'lease-2'].map((id) => gradientLease(id, checkpoint, shard))
  session = startSession({
    url: coordinator.url,
    host: 'node',
    backend: 'wasm',
    spawnCompute,
    caches: { shards: memoryBlobCache(10_000_000), checkpoints: memoryBlobCache(10_000_000) },
    identity: identityInMemory(),
    onActivity: () => {},
    imagesPerSecondLimit: IMAGES_PER_SECOND,
    clock: standingClock(),
  })
})

afterEach(async () => {
  await session.stop()
  await coordinator.close()
})

test('WK10: a limited worker delivers no sooner than its limit allows, and tells the pace it keeps to', async () => {
  const rest = await nextRest()
  expect(coordinator.results.all).toEqual([])
  rest.end()
  expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-1' })
  await nextRest()
  expect(coordinator.requests.all.map(({ imagesPerSecond }) => imagesPerSecond)).toEqual([
    undefined,
    IMAGES_PER_SECOND,
  ])
})

test('WK5, WK10: a lease that is revoked while the worker rests is dropped at once', async () => {
  await nextRest()
  coordinator.revoke('lease-1')
  const rest = await nextRest()
  rest.end()
  expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-2' })
})

test('WK6, WK10: a worker that is stopped while it rests gives its lease back', async () => {
  await nextRest()
  await session.stop()
  expect(await coordinator.returns.next()).toMatchObject({ leaseId: 'lease-1', reason: 'stopped' })
  expect(coordinator.results.all).toEqual([])
})

test('a pause of the system clock ends early when its signal aborts', async () => {
  const abandon = new AbortController()
  const paused = systemClock.pause(2 ** 30, abandon.signal)
  abandon.abort(new Error('revoked'))
  await expect(paused).rejects.toThrow('revoked')
  await expect(systemClock.pause(2 ** 30, abandon.signal)).rejects.toThrow('revoked')
})
