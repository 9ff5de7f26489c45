/**
 * CK1 with real processes: a coordinator dies by SIGKILL between any two of blob, row, announcement and acknowledgement. The
 * next start on the same folder goes on to the bytes of an undisturbed run.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunId } from '@worldflora/protocol/ids'
import type { RunDetail } from '@worldflora/protocol/runs'
import { afterAll, describe, expect, it } from 'vitest'
import { openBlobFiles } from '../../src/store/blob-store.files.ts'
import { copyEmptyDatabase } from '../empty-database.ts'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type SiteApi, startSite, temporaryFolder } from '../running-site.ts'
import { type CrashPoint, type DyingSite, startDying } from './crash-point.ts'
import { expectNothingUnnamed, startWithStore } from './named-files.ts'

type Fact = { step: number; checkpoint: string }

const detailOf = async (site: SiteApi): Promise<RunDetail> => {
  const { runs } = await site.json<{ runs: { id: RunId }[] }>('GET', '/api/status')
  return site.json<RunDetail>('GET', `/api/runs/${runs[0]!.id}`)
}
const isMeasured = (site: SiteApi) => async () => (await detailOf(site)).status.measured

/** A data folder with a flora and a run before its first step; and what an undisturbed run comes to. */
const opened = mkdtempSync(join(tmpdir(), 'worldflora-opened-'))
let reference = ''
let baseBytes = 0
afterAll(() => rmSync(opened, { recursive: true, force: true }))

async function openedFolder(): Promise<string> {
  const data = temporaryFolder()
  cpSync(opened, data, { recursive: true })
  return data
}

async function emptyFolder(): Promise<string> {
  const data = temporaryFolder()
  await copyEmptyDatabase(join(data, 'database'))
  return data
}

/** A worker at work until the coordinator is gone: by itself, or killed when `step` is announced. Returns what it was told. */
async function workUntilGone(site: DyingSite, killAtStep?: number): Promise<Fact[]> {
  const told: Fact[] = []
  const worker = await HandWorker.join(site.url)
  worker.socket.on('step-advanced', ({ step, checkpoint }) => {
    told.push({ step, checkpoint })
    if (step === killAtStep) process.kill(site.pid, 'SIGKILL')
  })
  const through = worker.workUntil(isMeasured(site)).then(
    () => {
      throw new Error('the run is through: the point was never reached')
    },
    () => site.gone,
  )
  await Promise.race([site.gone, through])
  return told
}

/** After the crash: what was announced is there, nothing unnamed is left, and the run ends as if nothing had been. */
async function expectSameEnd(data: string, told: readonly Fact[]): Promise<void> {
  const { site, store } = await startWithStore(data)
  await expectNothingUnnamed(data, store)
  const { status } = await detailOf(site)
  for (const { step, checkpoint } of told) {
    expect(status.step).toBeGreaterThanOrEqual(step)
    if (status.step === step) expect(status.checkpoint).toBe(checkpoint)
  }
  if (status.state === 'paused') {
    expect((await site.call('POST', `/api/runs/${status.id}/state`, { state: 'running' })).status).toBe(200)
  }
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isMeasured(site))
  const end = await detailOf(site)
  expect(end.status.checkpoint).toBe(reference)
  expect(end.imagesTrained).toBe(48)
  expect(end.testEvaluation).toMatchObject({ step: 4, photos: 6, top1: 0.5 })
}

/** Points of a run at work; `whole`: the blob is one of all the weights. */
const atWork: [string, Omit<CrashPoint, 'bytes'>, 'whole'?][] = [
  ['while a delta is written', { port: 'blobs', method: 'put', moment: 'before', count: 1 }],
  ['after the delta, before the step’s row', { port: 'blobs', method: 'put', moment: 'after', count: 1 }],
  ['after the optimizer state', { port: 'optimizerStates', method: 'put', moment: 'after', count: 2 }],
  ['after the base', { port: 'blobs', method: 'put', moment: 'after', count: 1 }, 'whole'],
  ['before the step’s row', { port: 'store', method: 'recordStep', moment: 'before', count: 2 }],
  [
    'after the step’s row, before its announcement',
    { port: 'store', method: 'recordStep', moment: 'after', count: 2 },
  ],
  ['after the last step’s row', { port: 'store', method: 'recordStep', moment: 'after', count: 4 }],
  ['before a result is acknowledged', { port: 'reducer', method: 'add', moment: 'before', count: 5 }],
  ['while a step is reduced', { port: 'reducer', method: 'closeStep', moment: 'before', count: 3 }],
  [
    'before old rows are let go of',
    { port: 'store', method: 'forgetCheckpoints', moment: 'before', count: 1 },
  ],
  [
    'between old rows and their bytes',
    { port: 'store', method: 'forgetCheckpoints', moment: 'after', count: 1 },
  ],
  ['before an evaluation’s row', { port: 'store', method: 'recordEvaluation', moment: 'before', count: 1 }],
  ['after an evaluation’s row', { port: 'store', method: 'recordEvaluation', moment: 'after', count: 2 }],
]

describe.sequential('a coordinator that is killed', () => {
  it('undisturbed: the reference', async () => {
    const first = await startSite()
    await bringFlora(first)
    await openRun(first)
    await first.stop()
    cpSync(first.data, opened, { recursive: true })
    const site = await startSite({ data: first.data })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isMeasured(site))
    const { status } = await detailOf(site)
    reference = status.checkpoint
    baseBytes = (await (await openBlobFiles(join(site.data, 'blobs'))).size(status.checkpoint))!
    expect(baseBytes).toBeGreaterThan(0)
  })

  it.each(atWork)('CK1: killed %s', async (_, point, whole) => {
    const data = await openedFolder()
    const site = await startDying(data, whole === undefined ? point : { ...point, bytes: baseBytes })
    await expectSameEnd(data, await workUntilGone(site))
  })

  it('CK1, FT12: killed once a step is announced: it counts', async () => {
    const data = await openedFolder()
    const told = await workUntilGone(await startDying(data, null), 2)
    expect(told.map(({ step }) => step)).toEqual([1, 2])
    await expectSameEnd(data, told)
  })

  it.each(['before', 'after'] as const)('CK1: killed %s a pause becomes a row', async (moment) => {
    const data = await openedFolder()
    const site = await startDying(data, { port: 'store', method: 'setRunState', moment, count: 1 })
    const worker = await HandWorker.join(site.url)
    await worker.push(await worker.lease())
    const { status } = await detailOf(site)
    await expect(site.call('POST', `/api/runs/${status.id}/state`, { state: 'paused' })).rejects.toThrow()
    await site.gone
    await expectSameEnd(data, [])
  })

  it('CK1: killed between a run’s first blob and its row: there is no run, and no blob of it', async () => {
    const data = await emptyFolder()
    const point = { port: 'store', method: 'insertRun', moment: 'before', count: 1 } as const
    const site = await startDying(data, point)
    await bringFlora(site)
    await expect(openRun(site)).rejects.toThrow()
    await site.gone
    const again = await startWithStore(data)
    expect(await again.store.listRuns()).toEqual([])
    await expectNothingUnnamed(data, again.store)
    await openRun(again.site)
    const worker = await HandWorker.join(again.site.url)
    await worker.workUntil(isMeasured(again.site))
    expect((await detailOf(again.site)).status.checkpoint).toBe(reference)
  })

  it.each(['before', 'after'] as const)('CK1: killed in mid-import, %s the flora’s name', async (moment) => {
    const data = await emptyFolder()
    const site = await startDying(data, { port: 'store', method: 'putFlora', moment, count: 1 })
    await expect(bringFlora(site)).rejects.toThrow()
    await site.gone
    const again = await startWithStore(data)
    await expectNothingUnnamed(data, again.store)
    const floras = await again.site.json<{ name: string }[]>('GET', '/api/floras')
    expect(floras.map(({ name }) => name)).toEqual(moment === 'before' ? [] : [config.flora])
    await bringFlora(again.site)
    await openRun(again.site)
    expect((await detailOf(again.site)).status.state).toBe('running')
  })
})
