/** DU5: blobs that a disk has damaged, under a coordinator at work and while it was off; the run comes to the bytes of an undisturbed one. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { RunDetail } from '@worldflora/protocol/runs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, temporaryFolder } from '../running-site.ts'
import { startWithStore } from './named-files.ts'

const long = { ...config, epochs: 4 }
/** After the milestone of step 4. */
const STEP = 5

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const isMeasured = (site: RunningSite, id: RunId) => async () => (await detailOf(site, id)).status.measured
const mendedWords = async (site: RunningSite) =>
  (await site.json<LogEvent[]>('GET', '/api/events')).flatMap(({ kind, text }) =>
    kind === 'run-mended' ? [text] : [],
  )
const resume = (site: RunningSite, id: RunId) =>
  site.call('POST', `/api/runs/${id}/state`, { state: 'running' })

type Damage = (file: string) => void
const damages: Record<'flipped' | 'truncated' | 'missing', Damage> = {
  flipped(file) {
    const bytes = readFileSync(file)
    bytes[bytes.byteLength >> 1]! ^= 1
    writeFileSync(file, bytes)
  },
  truncated: (file) => truncateSync(file, readFileSync(file).byteLength >> 1),
  missing: (file) => rmSync(file),
}

/** A worker that finds a blob of its lease damaged says so, as the real one does. */
const giveBack = (worker: HandWorker, { leaseId, tasks: [{ task }] }: Lease) =>
  worker.socket.emitWithAck('return-lease', { leaseId, reason: 'failed', task, message: 'another hash' })

/** A data folder with a run after step STEP, everything before it evaluated. */
const prepared = mkdtempSync(join(tmpdir(), 'worldflora-prepared-'))
afterAll(() => rmSync(prepared, { recursive: true, force: true }))

type Part = 'base' | 'delta' | 'state' | 'state before' | 'shard' | 'manifest'

/** Where the parts of the run at STEP lie, in its data folder. */
async function filesOf(data: string, store: Store): Promise<Record<Part, string>> {
  const [run] = await store.listRuns()
  const checkpoints = await store.checkpointsOf(run!.id)
  const latest = checkpoints.at(-1)!
  const base = checkpoints.findLast((one) => one.base !== null)!.base!
  const file = (folder: string, hash: Hash) => join(folder, hash.slice(0, 2), hash)
  const manifest = file('blobs', run!.flora.hash)
  const [shard] = JSON.parse(readFileSync(join(data, manifest), 'utf8')).shards.train as [{ hash: Hash }]
  // Otherwise the tests would damage what nobody needs.
  expect([latest.step, latest.base]).toEqual([STEP, null])
  return {
    base: file('blobs', base.blob),
    delta: file('blobs', latest.delta!.blob),
    state: file('optimizer-states', latest.optimizerState!),
    'state before': file('optimizer-states', checkpoints.at(-2)!.optimizerState!),
    shard: file('blobs', shard.hash),
    manifest,
  }
}

async function preparedFolder(): Promise<string> {
  const data = temporaryFolder()
  cpSync(prepared, data, { recursive: true })
  return data
}

async function preparedSite() {
  const { site, store } = await startWithStore(await preparedFolder())
  const [run] = await store.listRuns()
  return { site, id: run!.id }
}

describe.sequential('damaged blobs', () => {
  let reference = ''
  let files!: Record<Part, string>

  async function expectSameEnd(site: RunningSite, id: RunId): Promise<void> {
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isMeasured(site, id))
    const { status, imagesTrained } = await detailOf(site, id)
    expect(status.checkpoint).toBe(reference)
    expect(imagesTrained).toBe(4 * 24)
  }

  it('undisturbed: the reference', async () => {
    const { site, store } = await startWithStore()
    await bringFlora(site)
    const id = await openRun(site, long)
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(async () => (await detailOf(site, id)).status.step === STEP)
    files = await filesOf(site.data, store)
    await site.stop()
    cpSync(site.data, prepared, { recursive: true })
    const again = await startWithStore(site.data)
    const other = await HandWorker.join(again.site.url)
    await other.workUntil(isMeasured(again.site, id))
    reference = (await detailOf(again.site, id)).status.checkpoint
  })

  /** By the base before, whose chain was kept for those who are still at it. */
  const WHOLE = /A damaged checkpoint of meadow \(step 5\) was put together again/
  const BACK = (step: number) =>
    new RegExp(`The checkpoint of meadow after step 5 is damaged: it goes on from step ${step},`)

  it.each([
    ['delta', 'flipped', ['delta'], BACK(4)],
    ['delta', 'missing', ['delta'], BACK(4)],
    ['base', 'truncated', ['base'], WHOLE],
    ['optimizer state', 'flipped', ['state'], BACK(4)],
    ['optimizer states', 'truncated', ['state', 'state before'], BACK(2)],
  ] as [string, keyof typeof damages, Part[], RegExp][])(
    'DU5: %s %s while the coordinator was off: it says what it goes on from, and comes to the same bytes',
    async (_, kind, parts, words) => {
      const data = await preparedFolder()
      for (const part of parts) damages[kind](join(data, files[part]))
      const { site, store } = await startWithStore(data)
      const [run] = await store.listRuns()
      expect(await mendedWords(site)).toEqual([expect.stringMatching(words)])
      expect((await detailOf(site, run!.id)).status.state).toBe('running')
      await expectSameEnd(site, run!.id)
    },
  )

  it('DU5: the manifest damaged while it was off: the run is paused and says what to do; sent again, the same bytes', async () => {
    const data = await preparedFolder()
    const manifest = readFileSync(join(data, files.manifest))
    damages.flipped(join(data, files.manifest))
    const { site, store } = await startWithStore(data)
    const { id, flora } = (await store.listRuns())[0]!
    const { status } = await detailOf(site, id)
    expect(status).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('Import the flora again'),
    })
    expect((await resume(site, id)).status).toBe(400)
    expect((await site.call('PUT', `/blobs/${flora.hash}`, new Uint8Array(manifest))).status).toBe(201)
    expect((await resume(site, id)).status).toBe(200)
    await expectSameEnd(site, id)
  })

  it.each([
    ['delta', 'truncated', BACK(4)],
    ['base', 'flipped', WHOLE],
  ] as ['delta' | 'base', keyof typeof damages, RegExp][])(
    'DU5, FT10: %s %s under a coordinator at work: a worker finds out, no task is blamed, and the run comes to the same bytes',
    async (part, kind, words) => {
      const { site, id } = await preparedSite()
      const worker = await HandWorker.join(site.url)
      const lease = await worker.lease()
      damages[kind](join(site.data, files[part]))
      await giveBack(worker, lease)
      expect(await mendedWords(site)).toEqual([expect.stringMatching(words)])
      const { checkpoint } = await worker.lease()
      for (const { blob } of [checkpoint.base, ...checkpoint.deltas]) {
        const served = await fetch(`${site.url}/blobs/${blob}`)
        expect(hashOf(new Uint8Array(await served.arrayBuffer()))).toBe(blob)
      }
      expect((await detailOf(site, id)).status.state).toBe('running')
      worker.socket.disconnect()
      await expectSameEnd(site, id)
    },
  )

  it.each(['flipped', 'truncated'] as const)(
    'DU5, FT10: a shard %s under a coordinator at work pauses the run with what to do; sent again, it comes to the same bytes',
    async (kind) => {
      const { site, id } = await preparedSite()
      const worker = await HandWorker.join(site.url)
      const lease = await worker.lease()
      const file = join(site.data, files.shard)
      const bytes = new Uint8Array(readFileSync(file))
      const shard = hashOf(bytes)
      damages[kind](file)
      await giveBack(worker, lease)
      expect((await detailOf(site, id)).status).toMatchObject({
        state: 'paused',
        reason: expect.stringContaining('Import the flora again'),
      })
      // An import asks first what is there.
      expect((await site.call('HEAD', `/blobs/${shard}`)).status).toBe(404)
      expect((await site.call('PUT', `/blobs/${shard}`, bytes)).status).toBe(201)
      expect((await resume(site, id)).status).toBe(200)
      worker.socket.disconnect()
      await expectSameEnd(site, id)
    },
  )

  it('DU5: an optimizer state truncated under a coordinator at work, found when a pause ends: the run goes back, and comes to the same bytes', async () => {
    const { site, id } = await preparedSite()
    const worker = await HandWorker.join(site.url)
    const paused = worker.hears('paused')
    for (let task = 0; task < 3; task++) await worker.push(await worker.lease(), 1000)
    await paused
    damages.truncated(join(site.data, files.state))
    expect((await resume(site, id)).status).toBe(200)
    expect(await mendedWords(site)).toEqual([expect.stringMatching(BACK(4))])
    worker.socket.disconnect()
    await expectSameEnd(site, id)
  })

  it.each([
    ['weights', 'flipped', ['weights']],
    ['shards', 'missing', ['shards']],
    ['weights and shards', 'truncated', ['weights', 'shards']],
  ] as const)(
    'DU5, QW2: a published model whose %s were %s while it was off is made again from its checkpoint',
    async (_, kind, parts) => {
      const { site, id } = await preparedSite()
      const { weights, compact } = await site.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
      await site.stop()
      const blobs = { weights: [weights.blob], shards: compact!.shards.map(({ blob }) => blob) }
      const damaged = parts.flatMap((part) => blobs[part])
      for (const blob of damaged) damages[kind](join(site.data, 'blobs', blob.slice(0, 2), blob))
      const again = (await startWithStore(site.data)).site
      for (const blob of damaged) {
        const served = new Uint8Array(await (await fetch(`${again.url}/blobs/${blob}`)).arrayBuffer())
        expect(hashOf(served)).toBe(blob)
      }
      const events = await again.json<LogEvent[]>('GET', '/api/events')
      expect(events.filter(({ kind }) => kind === 'model-damaged')).toEqual([
        expect.objectContaining({ text: expect.stringContaining('is made again') }),
      ])
    },
  )
})
