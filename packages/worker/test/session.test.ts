/** The session with a real compute thread, against a coordinator that follows a script over real sockets. */
import { addPartialSum, parsePartialSum } from '@worldflora/protocol/partial-sum'
import { isRejection, reject } from '@worldflora/protocol/rejection'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { spawnCompute } from '../src/node/spawn-compute.ts'
import {
  type Activity,
  identityInMemory,
  memoryBlobCache,
  type Session,
  startSession,
} from '../src/session/index.ts'
import { Inbox, joined, type ScriptedCoordinator, startScriptedCoordinator } from './scripted-coordinator.ts'
import {
  checkpointAfter,
  contributionKind,
  gradientLease,
  must,
  packTinyShard,
  rebasedAt,
} from './tiny-run.ts'

let coordinator: ScriptedCoordinator
let activities: Inbox<Activity>
let sessions: Session[]

beforeEach(async () => {
  coordinator = await startScriptedCoordinator()
  activities = new Inbox()
  sessions = []
})

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.stop()))
  await coordinator.close()
})

function startWorker(): Session {
  const session = startSession({
    url: coordinator.url,
    host: 'node',
    backend: 'wasm',
    spawnCompute,
    caches: { shards: memoryBlobCache(10_000_000), checkpoints: memoryBlobCache(10_000_000) },
    identity: identityInMemory(),
    onActivity: (activity) => activities.add(activity),
    photosShown: 2,
  })
  sessions.push(session)
  void session.done.then((outcome) => {
    const why = new Error(isRejection(outcome) ? outcome.message : 'the worker was stopped')
    activities.close(why)
    coordinator.giveUp(why)
  })
  return session
}

async function untilActivity(matches: (activity: Activity) => boolean): Promise<Activity> {
  for (;;) {
    const activity = await activities.next()
    if (matches(activity)) return activity
  }
}

const downloaded = () => coordinator.downloads.all.map(({ hash }) => hash)

test('SD1, WK3: a late joiner comes by base and deltas to the weights, and to the contribution, that all others have', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const late = checkpointAfter(2, coordinator)
  const whole = rebasedAt(2, coordinator)
  expect(whole.checkpoint).toBe(late.checkpoint)
  coordinator.script.work = [gradientLease('by-deltas', late, shard)]
  startWorker()
  const byDeltas = await coordinator.results.next()
  expect(byDeltas).toMatchObject({ leaseId: 'by-deltas', authorization: 'Bearer secret-1' })
  expect(must(parsePartialSum(byDeltas.bytes, contributionKind, { tasks: 1 })).tasks).toBe(1)

  coordinator.script.work = [gradientLease('by-base', whole, shard)]
  startWorker()
  const byBase = await coordinator.results.next()
  expect(byBase.bytes.equals(byDeltas.bytes)).toBe(true)
})

test('what a worker holds it does not fetch again: the next step costs one delta', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const [second, third] = [checkpointAfter(2, coordinator), checkpointAfter(3, coordinator)]
  coordinator.script.work = [gradientLease('step-2', second, shard), gradientLease('step-3', third, shard)]
  startWorker()
  await coordinator.results.next()
  await coordinator.results.next()
  const chain = third.deltas.map((delta) => delta.blob)
  expect(downloaded().at(-1)).toBe(chain[2])
  expect(downloaded().sort()).toEqual([second.base.blob, shard.blob, ...chain].sort())

  await untilActivity((activity) => activity.state === 'idle' && activity.stepsContributed === 2)
  expect(coordinator.requests.all[1]).toMatchObject({
    shards: [shard.blob],
    imagesPerSecond: expect.any(Number),
  })
})

test('WK2, ST13, MS4: an idle worker asks again when it is told of work, and shows the photos it learns from', async () => {
  const shard = coordinator.keep(await packTinyShard())
  startWorker()
  await untilActivity((activity) => activity.state === 'idle')
  coordinator.script.work = [gradientLease('lease-1', checkpointAfter(0, coordinator), shard)]
  coordinator.announceWork()
  const shown = await untilActivity((activity) => (activity.task?.photos.length ?? 0) > 0)
  expect(shown).toMatchObject({ run: { name: 'tiny' }, backend: 'wasm', task: { images: 4 } })
  expect([...shown.task!.photos[0]!.subarray(0, 2)]).toEqual([0xff, 0xd8])
  await coordinator.results.next()
  const done = await untilActivity((activity) => activity.imagesDone === 4)
  expect(done.bytesDown).toBeGreaterThan(shard.bytes)
})

test('IN1: a corrupted blob is not used but asked for again, past all caches', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const damaged = (await packTinyShard()).fill(7, 600, 700)
  coordinator.script.tampered.set(shard.blob, [damaged])
  coordinator.script.work = [gradientLease('lease-1', checkpointAfter(0, coordinator), shard)]
  startWorker()
  await coordinator.results.next()
  const [first, again] = coordinator.downloads.all.filter(({ hash }) => hash === shard.blob)
  expect(first!.cacheControl).toBeUndefined()
  expect(again!.cacheControl).toBe('no-cache')
})

test('IN1, FT10: a blob that stays corrupted, or is longer than announced, gives the lease back', async () => {
  const bytes = await packTinyShard()
  const shard = coordinator.keep(bytes)
  const damaged = bytes.slice().fill(7, 600, 700)
  const longer = new Uint8Array([...bytes, 0])
  coordinator.script.tampered.set(shard.blob, [damaged, damaged, longer])
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, shard),
    gradientLease('lease-2', checkpoint, shard),
  ]
  startWorker()
  expect(await coordinator.returns.next()).toMatchObject({
    leaseId: 'lease-1',
    reason: 'failed',
    message: expect.stringContaining('corrupted'),
  })
  expect(await coordinator.returns.next()).toMatchObject({
    leaseId: 'lease-2',
    reason: 'failed',
    message: expect.stringContaining('announced'),
  })
})

test('IN1: a lease that is not one ends the worker with the reason', async () => {
  coordinator.script.work = [{ kind: 'leased', lease: { leaseId: 'lease-1' } }]
  const outcome = await startWorker().done
  expect(outcome).toMatchObject({ kind: 'rejection', code: 'invalid' })
})

test('LS1, CN3, FT2, ST15: a worker whose connection is lost comes back as itself and delivers its unfinished lease', async () => {
  const shard = coordinator.keep(await packTinyShard())
  coordinator.script.work = [gradientLease('lease-1', checkpointAfter(1, coordinator), shard)]
  coordinator.script.join = (request) => joined(request.identity === undefined ? [] : ['lease-1'])
  coordinator.script.onDownload = (hash) => {
    if (hash === shard.blob) coordinator.dropConnections()
  }
  startWorker()
  expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-1' })
  expect(coordinator.joins.all.map((join) => join.identity)).toEqual([
    undefined,
    { workerId: 'worker-1', secret: 'secret-1' },
  ])
  expect(coordinator.returns.all).toEqual([])
})

test('CN1, FT2: a worker whose machine slept joins again before it asks for anything', async () => {
  startWorker()
  await coordinator.requests.next()
  onTestFinished(() => void vi.useRealTimers())
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  coordinator.announceWork()
  await coordinator.requests.next()
  expect(coordinator.joins.all).toHaveLength(2)
})

test('LS1: a lease that is no longer honoured after a reconnect is dropped, and work is asked for', async () => {
  const shard = coordinator.keep(await packTinyShard())
  coordinator.script.work = [gradientLease('lease-1', checkpointAfter(1, coordinator), shard)]
  coordinator.script.onDownload = () => coordinator.dropConnections()
  startWorker()
  await coordinator.requests.next()
  await coordinator.requests.next()
  expect(coordinator.joins.all).toHaveLength(2)
  expect(coordinator.results.all).toEqual([])
})

test('LS1, FT3: a lease from before the page was loaded again is given back, for nobody is computing it', async () => {
  coordinator.script.join = () => joined(['lease-0'])
  startWorker()
  expect(await coordinator.returns.next()).toEqual({ leaseId: 'lease-0', reason: 'stopped' })
})

test('RS1, FT8: a result meets a coordinator that is starting again: it is pushed until it is taken', async () => {
  const shard = coordinator.keep(await packTinyShard())
  coordinator.script.replies = [503, 401]
  coordinator.script.work = [gradientLease('lease-1', checkpointAfter(0, coordinator), shard)]
  startWorker()
  const pushes = [
    await coordinator.results.next(),
    await coordinator.results.next(),
    await coordinator.results.next(),
  ]
  expect(pushes[0]!.bytes.length).toBeGreaterThan(0)
  expect(pushes.every((push) => push.bytes.equals(pushes[0]!.bytes))).toBe(true)
  await untilActivity((activity) => activity.stepsContributed === 1)
})

test('LS2, LS3, RS1: late and stale are good news too: the worker asks for more', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.replies = [{ kind: 'late' }, { kind: 'stale' }]
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, shard),
    gradientLease('lease-2', checkpoint, shard),
  ]
  startWorker()
  const idle = await untilActivity((activity) => activity.state === 'idle')
  expect(idle).toMatchObject({ imagesDone: 4, stepsContributed: 0 })
})

test('LV1, FT6: a task that cannot be computed is given back with the reason, and the worker goes on', async () => {
  const broken = coordinator.keep(await packTinyShard(2))
  const shard = coordinator.keep(await packTinyShard())
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, broken),
    gradientLease('lease-2', checkpoint, shard),
  ]
  startWorker()
  expect(await coordinator.returns.next()).toMatchObject({
    leaseId: 'lease-1',
    reason: 'failed',
    message: expect.stringContaining('photo 2'),
  })
  expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-2' })
})

test('LV1: a machine on which task after task fails ends by itself', async () => {
  const broken = coordinator.keep(await packTinyShard(0))
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.work = [1, 2, 3, 4, 5, 6].map((n) => gradientLease(`lease-${n}`, checkpoint, broken))
  const outcome = await startWorker().done
  expect(outcome).toMatchObject({ code: 'worker-unfit', message: expect.stringContaining('photo 0') })
  expect(coordinator.returns.all).toHaveLength(5)
})

test('CN2: a coordinator of another version says so, and the worker ends with its words', async () => {
  const refusal = reject('protocol-mismatch', 'This coordinator speaks version 2.', 'Update the worker.')
  coordinator.script.join = () => refusal
  expect(await startWorker().done).toEqual(refusal)
  const ended = await untilActivity((activity) => activity.state === 'ended')
  expect(ended.note).toBe('This coordinator speaks version 2. Update the worker.')
})

test('MS3: stop ends the computation at once and gives the lease back', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const many = Array.from({ length: 4096 }, (_, i) => i % 4)
  coordinator.script.work = [
    gradientLease('lease-1', checkpointAfter(0, coordinator), shard, { samples: many }),
  ]
  const session = startWorker()
  await untilActivity((activity) => (activity.task?.imagesDone ?? 0) > 0)
  await session.stop()
  expect(await session.done).toEqual({ kind: 'stopped' })
  expect(coordinator.returns.all).toEqual([{ leaseId: 'lease-1', reason: 'stopped' }])
  expect(coordinator.results.all).toEqual([])
})

test('WK5, MS5: a revoked lease is left at once, and the next one computed in a new thread', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const many = Array.from({ length: 4096 }, (_, i) => i % 4)
  const checkpoint = checkpointAfter(1, coordinator)
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, shard, { samples: many }),
    gradientLease('lease-2', checkpoint, shard),
  ]
  startWorker()
  await untilActivity((activity) => (activity.task?.imagesDone ?? 0) > 0)
  coordinator.revoke('lease-1')
  expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-2' })
  expect(coordinator.returns.all).toEqual([])
  // The blobs were in the cache: the new thread cost no download.
  expect(downloaded().length).toBe(new Set(downloaded()).size)
})

describe('a lease of several tasks', () => {
  const shard = async () => coordinator.keep(await packTinyShard())

  /** The sums of what was pushed, in units; a view for each value. */
  function sumsOf(...pushed: { bytes: Uint8Array }[]): BigInt64Array {
    const sums = new BigInt64Array(contributionKind.quantised + contributionKind.exact)
    for (const { bytes } of pushed)
      addPartialSum(must(parsePartialSum(bytes, contributionKind, { tasks: 64 })), sums)
    return sums
  }

  test('RD2, WK13: goes up as one exact sum, with what each task came to by itself', async () => {
    const [kept, checkpoint] = [await shard(), checkpointAfter(0, coordinator)]
    coordinator.script.work = [
      gradientLease('together', checkpoint, kept, { tasks: [3, 4, 5] }),
      ...[3, 4, 5].map((task) => gradientLease(`alone-${task}`, checkpoint, kept, { tasks: [task] })),
    ]
    startWorker()
    const together = await coordinator.results.next()
    const alone = [
      await coordinator.results.next(),
      await coordinator.results.next(),
      await coordinator.results.next(),
    ]
    expect(together).toMatchObject({ leaseId: 'together', tasks: '3,4,5' })
    expect(sumsOf(together)).toEqual(sumsOf(...alone))
    expect(together.digests).toBe(alone.map(({ digests }) => digests).join(','))
    expect(together.bytes.length).toBeLessThan(alone.reduce((sum, { bytes }) => sum + bytes.length, 0) / 2)
  })

  test('RS6: where others were first with some tasks, the sum of the open ones is made and sent', async () => {
    const [kept, checkpoint] = [await shard(), checkpointAfter(0, coordinator)]
    coordinator.script.replies = [{ kind: 'partly-late', open: [0, 2] }]
    coordinator.script.work = [
      gradientLease('partly', checkpoint, kept, { tasks: [0, 1, 2] }),
      gradientLease('open', checkpoint, kept, { tasks: [0, 2] }),
    ]
    startWorker()
    const pushes = [
      await coordinator.results.next(),
      await coordinator.results.next(),
      await coordinator.results.next(),
    ]
    expect(pushes.find(({ tasks }) => tasks === '0,1,2')?.leaseId).toBe('partly')
    const [second, third] = pushes.filter(({ tasks }) => tasks === '0,2')
    expect(sumsOf(second!)).toEqual(sumsOf(third!))
  })

  test('WK5: a task that others have done is left out, the rest goes on', async () => {
    const [kept, checkpoint] = [await shard(), checkpointAfter(0, coordinator)]
    coordinator.script.work = [gradientLease('lease-1', checkpoint, kept, { tasks: [0, 1, 2] })]
    coordinator.script.onDownload = (hash) => {
      if (hash === kept.blob) coordinator.revoke('lease-1', [1])
    }
    startWorker()
    expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-1', tasks: '0,2' })
  })

  test('WK1, ST14: the next lease is asked for, and computed, while the last one is on its way', async () => {
    const [kept, checkpoint] = [await shard(), checkpointAfter(0, coordinator)]
    let answer = () => {}
    coordinator.script.holdAnswers = new Promise<void>((resolve) => {
      answer = resolve
    })
    coordinator.script.work = ['lease-1', 'lease-2'].map((id) => gradientLease(id, checkpoint, kept))
    startWorker()
    await coordinator.requests.next()
    expect(await coordinator.requests.next()).toMatchObject({ holding: ['lease-1'] })
    await untilActivity((activity) => activity.task?.imagesDone === 4 && activity.stepsContributed === 0)
    answer()
    await untilActivity((activity) => activity.stepsContributed === 2)
  })

  test('WK12: shards that will be needed next are fetched before they are', async () => {
    const [kept, checkpoint] = [await shard(), checkpointAfter(0, coordinator)]
    const next = coordinator.keep(new Uint8Array(3000).fill(5))
    coordinator.script.work = [
      gradientLease('lease-1', checkpoint, kept, { prefetch: [{ hash: next.blob, bytes: next.bytes }] }),
    ]
    startWorker()
    for (;;) if ((await coordinator.downloads.next()).hash === next.blob) break
    await coordinator.results.next()
  })
})
