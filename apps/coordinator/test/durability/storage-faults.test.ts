/** A disk and a database that fail, one write after the other: the run ends with the bytes of an undisturbed one. */

import type { RunId } from '@worldflora/protocol/ids'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { RunDetail } from '@worldflora/protocol/runs'
import type { Status } from '@worldflora/protocol/status'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { sha256 } from '../../src/store/blob-store.files.ts'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'
import { type DiskCall, disk, noSpace } from './failing-disk.ts'
import { expectNothingUnnamed, filesIn, startWithStore } from './named-files.ts'
import { type Call, tappedAdapters } from './tapped-adapters.ts'

vi.mock('node:fs/promises', async (importOriginal) => {
  const { failingDisk } = await import('./failing-disk.ts')
  return failingDisk(await importOriginal())
})

/** With everything that is ever written: averages, milestones that go again, models, features. */
const long = {
  ...config,
  samplesPerTask: 12,
  tasksPerStep: 2,
  epochs: 3,
  publishBest: true,
  optimizer: { ...config.optimizer, ema: 0.9 },
}
const IMAGES = 3 * 24
const STEPS = 3

/** Something that happens again and again: whoever waits hears the next. */
class Bell {
  #waiting: (() => void)[] = []
  next = () => new Promise<void>((heard) => this.#waiting.push(heard))
  ring(): void {
    for (const heard of this.#waiting.splice(0)) heard()
  }
}

const READS = /^(list|latest|has|pending|size|get|read|losses)|(Of|InUse)$/
const isWrite = ({ port, method }: Call) => port !== 'reducer' && method !== 'close' && !READS.test(method)
const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const statusOf = (site: RunningSite) => site.json<Status>('GET', '/api/status')
const resume = (site: RunningSite, id: RunId) =>
  site.call('POST', `/api/runs/${id}/state`, { state: 'running' })

/** Rings when a run's pause is noted: the status tells of it up to half a second later. */
const paused = new Bell()
const notePause = ({ method, moment, args }: Call) => {
  if (method !== 'appendEvent' || moment !== 'before') return
  if ((args[0] as LogEvent).kind === 'run-paused') paused.ring()
}

/** A worker at work; whenever the run is paused, `atPause` is called and the run resumed, until that is taken. */
async function workThrough(
  site: RunningSite,
  id: RunId,
  atPause: (reason: string) => void,
  onStep: (step: number) => void = () => {},
) {
  const worker = await HandWorker.join(site.url)
  const told: string[] = []
  worker.socket.on('step-advanced', ({ step, checkpoint }) => {
    told.push(`${step} ${checkpoint}`)
    onStep(step)
  })
  const look = async () => {
    const { status } = await detailOf(site, id)
    if (status.state === 'paused') {
      atPause(status.reason!)
      while ((await resume(site, id)).status !== 200);
    }
    return status.measured
  }
  await worker.workUntil(look, undefined, () => [paused.next()])
  return { detail: await detailOf(site, id), told }
}

/** Of which fewer milestones are kept than it makes, and features are wanted. */
async function openLong(site: RunningSite): Promise<RunId> {
  await bringFlora(site)
  const id = await openRun(site, long)
  await site.call('POST', `/api/runs/${id}/retention`, { newestKept: 0 })
  const ordered = await site.call('POST', `/api/runs/${id}/features`, { split: 'val' })
  expect(ordered.status).toBe(202)
  return id
}

/** Of a pause and of a going on that take turns each is to fail, and to succeed. */
const kindOf = ({ port, method, args }: Call) =>
  `${port}.${method}${method === 'setRunState' ? ` ${args[1]}` : ''}`

/** What must be written before a run goes on, however often that is tried; undefined: what may be left for later. */
function nameOf({ port, method, args }: Call): string | undefined {
  const [first, second] = args as Record<string, Record<string, unknown>>[]
  switch (`${port}.${method}`) {
    case 'blobs.put':
    case 'optimizerStates.put':
      return sha256(args[0] as Uint8Array)
    case 'store.recordStep':
      return `step ${first!.record!.step}`
    case 'store.recordEvaluation':
    case 'store.recordFeatures':
      return `${second!.step} ${second!.split}`
    case 'store.publishModel':
      return `model of ${first!.run!.step}`
  }
}

/** Lets each write fail the first time that it is tried; of those without a name every second one. */
function failingEach() {
  const failed = new Map<string, Set<string>>()
  const attempts = new Map<string, number>()
  return {
    /** How many different ones of each kind have failed. */
    counts: () => countsOf(failed),
    fails(kind: string, name: string | undefined): boolean {
      if (name === undefined) {
        const attempt = (attempts.get(kind) ?? 0) + 1
        attempts.set(kind, attempt)
        return attempt % 2 === 1
      }
      const names = failed.get(kind) ?? new Set()
      const isFirst = !names.has(name)
      failed.set(kind, names.add(name))
      return isFirst
    },
  }
}

/** Directories are not counted: by chance two files share one, for some are named by bytes that a run's own id is in. */
const ofFiles = ({ create, write, rename }: Record<string, number>) => ({ create, write, rename })

const countsOf = (names: ReadonlyMap<string, ReadonlySet<string>>) =>
  Object.fromEntries([...names].map(([kind, set]) => [kind, set.size]))

describe.sequential('a data folder that fails', () => {
  let reference = ''
  let announced: string[] = []
  /** Different writes of the undisturbed run, by kind. */
  let writes: Record<string, number> = {}
  let diskWrites: Record<string, number> = {}

  it('undisturbed: the reference', async () => {
    const [names, diskNames] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()]
    const note = (into: typeof names, kind: string, name: string) =>
      into.set(kind, (into.get(kind) ?? new Set()).add(name))
    let isNoted = false
    const tap = (call: Call) => {
      const name = isNoted && isWrite(call) && call.moment === 'before' ? nameOf(call) : undefined
      if (name !== undefined) note(names, kindOf(call), name)
    }
    const site = await startSite({}, tappedAdapters(tap))
    const id = await openLong(site)
    isNoted = true
    disk.fails = ({ op, path }) => {
      if (isOfRun(site.data, path) && op !== 'remove') note(diskNames, op, path)
      return false
    }
    const { detail, told } = await workThrough(site, id, () => expect.fail('nothing failed'))
    disk.fails = () => false
    writes = countsOf(names)
    diskWrites = countsOf(diskNames)
    reference = detail.status.checkpoint
    announced = told
    expect(announced).toHaveLength(STEPS)
    expect(Object.keys(writes).sort()).toEqual([
      'blobs.put',
      'optimizerStates.put',
      'store.publishModel',
      'store.recordEvaluation',
      'store.recordFeatures',
      'store.recordStep',
    ])
  })

  async function expectSameEnd(
    site: RunningSite,
    id: RunId,
    onStep?: (step: number) => void,
  ): Promise<{ pauses: number; told: string[] }> {
    let pauses = 0
    const noteReason = (reason: string) => {
      pauses++
      expect(reason).toContain('The disk of the data folder is full. Make room on it, then resume')
    }
    const { detail, told } = await workThrough(site, id, noteReason, onStep)
    expect(detail.status.checkpoint).toBe(reference)
    expect(detail.imagesTrained).toBe(IMAGES)
    return { pauses, told }
  }

  async function expectSoundAfter(site: RunningSite, id: RunId, pauses: number) {
    expect(filesIn(site.data, 'blobs').filter((name) => name.endsWith('.writing'))).toEqual([])
    expect(filesIn(site.data, 'optimizer-states').filter((name) => name.endsWith('.writing'))).toEqual([])
    await site.stop()
    const again = await startWithStore(site.data)
    await expectNothingUnnamed(site.data, again.store)
    expect((await detailOf(again.site, id)).status).toMatchObject({ checkpoint: reference, measured: true })
    const events = await again.store.listEvents(10_000)
    expect(events.filter(({ kind }) => kind === 'run-paused')).toSatisfy(
      (noted: unknown[]) => noted.length >= pauses,
    )
  }

  it.each(['before', 'after'] as const)(
    'DU1, DU3: each write fails once, noticed %s it comes about: the run pauses, says what to do, tells nobody; it goes on to the same bits and leaves nothing behind',
    async (moment) => {
      const each = failingEach()
      let isFailing = false
      const rows = new Set<number>()
      const early: number[] = []
      const tap = (call: Call) => {
        notePause(call)
        if (call.method === 'recordStep' && call.moment === 'after') {
          rows.add((call.args[0] as { record: { step: number } }).record.step)
        }
        if (!isFailing || !isWrite(call) || call.moment !== moment) return
        if (each.fails(kindOf(call), nameOf(call))) return Promise.reject(noSpace())
      }
      const site = await startSite({}, tappedAdapters(tap))
      const id = await openLong(site)
      isFailing = true
      const { pauses, told } = await expectSameEnd(site, id, (step) => {
        if (!rows.has(step)) early.push(step)
      })
      isFailing = false
      // A step whose row came about unnoticed is found when the run goes on: its news is the next lease.
      expect(told).toEqual(moment === 'before' ? announced : [])
      expect(each.counts()).toEqual(writes)
      expect(pauses).toBeGreaterThan(4 * STEPS)
      expect(early).toEqual([])
      await expectSoundAfter(site, id, pauses)
    },
  )

  it('DU1: each change of a file fails once, a write half-way: the same', async () => {
    const each = failingEach()
    const site = await startSite({}, tappedAdapters(notePause))
    const id = await openLong(site)
    onTestFinished(() => {
      disk.fails = () => false
    })
    disk.fails = ({ op, path }: DiskCall) => {
      if (!isOfRun(site.data, path) || (op === 'remove' && path.endsWith('.writing'))) return false
      return each.fails(op, op === 'remove' ? undefined : path)
    }
    const { pauses, told } = await expectSameEnd(site, id)
    expect(told).toEqual(announced)
    disk.fails = () => false
    expect(ofFiles(each.counts())).toEqual(ofFiles(diskWrites))
    expect(Object.keys(each.counts()).sort()).toEqual(Object.keys(diskWrites).sort())
    await expectSoundAfter(site, id, pauses)
  })

  it('DU2: a pause that cannot be written holds all the same, is said, and is written once there is room', async () => {
    let isFull = false
    const tap = (call: Call) =>
      isFull && isWrite(call) && call.moment === 'before' ? Promise.reject(noSpace()) : undefined
    const site = await startSite({}, tappedAdapters(tap))
    await bringFlora(site)
    const id = await openRun(site, long)
    const worker = await HandWorker.join(site.url)
    const paused = worker.hears('paused')
    isFull = true
    for (let task = 0; task < 2; task++) await worker.push(await worker.lease())
    await paused
    expect(await worker.requestWork()).toMatchObject({ kind: 'idle' })
    expect((await statusOf(site)).trouble?.action).toContain('Make room')
    const [newest] = await site.json<LogEvent[]>('GET', '/api/events')
    expect(newest).toMatchObject({ kind: 'run-paused', run: id })
    // Nothing else can be made on a full disk, and that is said as well.
    expect((await resume(site, id)).status).toBe(507)
    expect((await site.call('POST', '/api/runs', { ...long, name: 'another' })).status).toBe(507)
    const shard = await site.call('PUT', `/blobs/${'0'.repeat(64)}`, new Uint8Array(9))
    expect([shard.status, await shard.json()]).toMatchObject([507, { code: 'disk-full' }])
    expect((await site.call('HEAD', `/blobs/${'0'.repeat(64)}`)).status).toBe(404)

    isFull = false
    // Whatever is noted next takes along what waits.
    await HandWorker.join(site.url)
    await site.call('GET', '/api/events')
    await site.stop()
    const again = await startSite({ data: site.data })
    expect((await detailOf(again, id)).status).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('full'),
    })
    await resume(again, id)
    const { detail } = await workThrough(again, id, () => expect.fail('nothing failed'))
    expect(detail.status.checkpoint).toBe(reference)
  })

  it('DU3: while the database is away the edge says so, the status answers, and work in flight goes on', async () => {
    let isAway = false
    const tap = ({ port, moment }: Call) =>
      isAway && port === 'store' && moment === 'before' ? Promise.reject(new Error('gone')) : undefined
    const site = await startSite({}, tappedAdapters(tap))
    await bringFlora(site)
    const id = await openRun(site, long)
    const worker = await HandWorker.join(site.url)
    const lease = await worker.lease()
    isAway = true
    for (const path of ['/api/model', '/api/floras', '/api/events', `/api/runs/${id}/history`]) {
      const answer = await site.call('GET', path)
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 503, { kind: 'rejection' }])
    }
    expect(await statusOf(site)).toMatchObject({ runs: [{ id, state: 'running' }], trouble: {} })
    expect(await worker.push(lease)).toMatchObject({ kind: 'accepted' })
    isAway = false
    expect((await site.call('GET', '/api/floras')).status).toBe(200)
    const { detail } = await workThrough(site, id, () => expect.fail('nothing is to be written yet'))
    expect(detail.status.checkpoint).toBe(reference)
  })
})

function isOfRun(data: string, path: string): boolean {
  return path.startsWith(`${data}/blobs/`) || path.startsWith(`${data}/optimizer-states/`)
}
