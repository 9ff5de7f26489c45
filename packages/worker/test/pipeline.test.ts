/** What goes on at the same time: the session against a coordinator that follows a script, over compute that waits for the test. */
import type { Hash } from '@worldflora/protocol/ids'
import type { BackendName, GradientTask } from '@worldflora/protocol/messages'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type ComputePort,
  type ComputeThread,
  identityInMemory,
  memoryBlobCache,
  type Session,
  type SessionOptions,
  startSession,
} from '../src/session/index.ts'
import { Inbox, type ScriptedCoordinator, startScriptedCoordinator } from './scripted-coordinator.ts'
import { checkpointAfter, gradientLease, packTinyShard } from './tiny-run.ts'

/** A task of features takes so long. */
const FEATURES_MS = 2000

type Begun = { task: number; finish(): void }

let coordinator: ScriptedCoordinator
let session: Session
let begun: Inbox<Begun>
let underWay: number
let nowMs: number
let prepared: Inbox<GradientTask>

beforeEach(async () => {
  coordinator = await startScriptedCoordinator()
  begun = new Inbox()
  underWay = 0
  nowMs = 0
  prepared = new Inbox()
})
afterEach(async () => {
  await session.stop()
  await coordinator.close()
})

function waitingThread(backend: BackendName): ComputeThread {
  const unasked = () => Promise.reject(new Error('nobody asks for this here'))
  let held: Hash | null = null
  const shards = new Set<Hash>()
  const compute: ComputePort = {
    open: async () => ({ device: { backend }, trial: null }),
    heldCheckpoint: async () => held,
    async loadCheckpoint({ checkpoint }) {
      held = checkpoint
      return null
    },
    missingShards: async (asked) => asked.filter((shard) => !shards.has(shard)),
    async loadShard(hash) {
      shards.add(hash)
      return null
    },
    holdsTrainCounts: async () => true,
    loadTrainCounts: async () => null,
    photosOf: async () => [],
    prepare: async ({ task }) => prepared.add(task),
    gradient: ({ task }) => begin(task),
    sum: async ({ tasks }) => new Uint8Array(tasks),
    release: async () => {},
    spent: unasked,
    evaluate: unasked,
    features: async () => {
      nowMs += FEATURES_MS
      return new Uint8Array(1)
    },
  }
  return { compute, crashed: new Promise(() => {}), terminate: async () => {} }
}

function begin({ task }: GradientTask): Promise<Hash> {
  underWay++
  return new Promise((resolve) => {
    const finish = () => {
      underWay--
      resolve('0'.repeat(64) as Hash)
    }
    begun.add({ task, finish })
  })
}

function start(backend: BackendName, options: Partial<SessionOptions> = {}): void {
  session = startSession({
    url: coordinator.url,
    host: 'node',
    backend,
    spawnCompute: () => waitingThread(backend),
    caches: { shards: memoryBlobCache(10_000_000), checkpoints: memoryBlobCache(10_000_000) },
    identity: identityInMemory(),
    onActivity: () => {},
    ...options,
  })
}

test.each([
  ['webgpu', undefined, 2],
  ['wasm', undefined, 2],
  ['wasm', 1e6, 1],
] as const)(
  'WK10: a lease on %s, limited to %s images/s, has %i of its tasks under way, and they are delivered in their order',
  async (backend, imagesPerSecondLimit, atOnce) => {
    const shard = coordinator.keep(await packTinyShard())
    const lease = gradientLease('lease-1', checkpointAfter(0, coordinator), shard, { tasks: [0, 1, 2, 3] })
    coordinator.script.work = [lease]
    start(backend, imagesPerSecondLimit === undefined ? {} : { imagesPerSecondLimit })
    const waiting: Begun[] = []
    for (let task = 0; task < 4; task++) {
      waiting.push(await begun.next())
      expect(underWay).toBe(Math.min(task + 1, atOnce))
      if (waiting.length === atOnce) waiting.shift()!.finish()
    }
    for (const last of waiting) last.finish()
    const { tasks, bytes } = await coordinator.results.next()
    expect([tasks, [...bytes]]).toEqual(['0,1,2,3', [0, 1, 2, 3]])
  },
)

test('FE1, WK7: a worker tells its pace in images, a photo’s every view counted', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const { lease } = gradientLease('lease-1', checkpointAfter(0, coordinator), shard)
  const task = { ...lease.tasks[0], kind: 'extract-features', split: 'train', views: 4 }
  coordinator.script.work = [{ kind: 'leased', lease: { ...lease, tasks: [task] } }]
  start('wasm', { clock: { nowMs: () => nowMs, pause: () => new Promise(() => {}) } })
  await coordinator.results.next()
  while ((await coordinator.requests.next()).imagesPerSecond === undefined);
  // Four photos in four views, in two seconds.
  expect(coordinator.requests.all.at(-1)!.imagesPerSecond).toBe(8)
})

test('WK12: the photos of a lease’s later tasks are fetched while the first one is computed, once', async () => {
  const now = coordinator.keep(await packTinyShard())
  const later = coordinator.keep((await packTinyShard()).fill(0, 700, 710))
  const next = coordinator.keep((await packTinyShard()).fill(0, 700, 711))
  const checkpoint = checkpointAfter(0, coordinator)
  const prefetch = [{ hash: next.blob, bytes: next.bytes }]
  const { lease, ...reply } = gradientLease('lease-1', checkpoint, now, { tasks: [0, 1], prefetch })
  const entries = [{ shard: later.blob, bytes: later.bytes, samples: [0] }]
  lease.tasks[1] = { ...lease.tasks[0], task: 1, entries } as GradientTask
  coordinator.script.work = [{ ...reply, lease }]
  start('wasm')
  const first = await begun.next()
  const fetched: string[] = []
  while (!fetched.includes(next.blob)) fetched.push((await coordinator.downloads.next()).hash)
  expect(fetched).toContain(later.blob)
  first.finish()
  const second = await begun.next()
  second.finish()
  await coordinator.results.next()
  const all = coordinator.downloads.all.map(({ hash }) => hash)
  expect(all.length).toBe(new Set(all).size)
})

test('WK1, ST14: the next lease is asked for while the end of the one before is computed, and begun without a further question', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const checkpoint = checkpointAfter(0, coordinator)
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, shard, { tasks: [0, 1] }),
    gradientLease('lease-2', checkpoint, shard, { tasks: [2] }),
  ]
  start('wasm')
  const [first, second] = [await begun.next(), await begun.next()]
  first.finish()
  await coordinator.requests.next()
  const ahead = await coordinator.requests.next()
  expect(ahead.holding).toEqual(['lease-1'])
  expect(ahead.busyMs).toBeGreaterThanOrEqual(0)
  second.finish()
  const third = await begun.next()
  expect(third.task).toBe(2)
  expect(coordinator.requests.all.filter(({ busyMs }) => busyMs === undefined)).toHaveLength(1)
  third.finish()
  expect((await coordinator.results.next()).tasks).toBe('0,1')
  expect((await coordinator.results.next()).tasks).toBe('2')
})

test('WK14: who idles between two steps draws the photos of the tasks that it was told of, as far as their shards are at hand', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const other = coordinator.keep((await packTinyShard()).fill(7, 700, 710))
  const reply = gradientLease('lease-1', checkpointAfter(0, coordinator), shard, { tasks: [0] })
  const next = gradientLease('lease-2', checkpointAfter(1, coordinator), shard, { tasks: [4, 5] })
  const { run, tasks } = next.lease
  const unknown = { ...tasks[0], task: 6, entries: [{ shard: other.blob, bytes: other.bytes, samples: [0] }] }
  const idle = { kind: 'idle', prefetch: [], ahead: { run, tasks: [...tasks, unknown, tasks[0]] } }
  coordinator.script.work = [reply, idle, idle, idle]
  start('wasm')
  const first = await begun.next()
  first.finish()
  await coordinator.results.next()
  // Told again, it begins again.
  for (let { task } = await prepared.next(); task !== 5; ) ({ task } = await prepared.next())
  expect(prepared.all[0]!.task).toBe(4)
  coordinator.script.work = [next]
  coordinator.announceWork()
  const second = await begun.next()
  expect(second.task).toBe(4)
  expect(prepared.all.map(({ task }) => task)).not.toContain(6)
})
