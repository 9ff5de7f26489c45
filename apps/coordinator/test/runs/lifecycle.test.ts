/** Fork, rollback, retention: through the HTTP API of a running site, with contributions made by hand. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RunId } from '@worldflora/protocol/ids'
import type { ForkedRun, KeptCheckpoints, RolledBackRun } from '@worldflora/protocol/kept-checkpoints'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { RunDetail, RunHistory } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

/** Two steps an epoch. */
const long = { ...config, epochs: 6 }

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const keptOf = (site: RunningSite, id: RunId) =>
  site.json<KeptCheckpoints>('GET', `/api/runs/${id}/checkpoints`)
const stepsKept = async (site: RunningSite, id: RunId) =>
  (await keptOf(site, id)).checkpoints.map(({ step, why }) => `${step} ${why.join(' ')}`)
const setState = (site: RunningSite, id: RunId, state: string) =>
  site.json<RunDetail>('POST', `/api/runs/${id}/state`, { state })
const isMeasured = (site: RunningSite, id: RunId) => async () => (await detailOf(site, id)).status.measured
/** Of this step and all evaluations before it. */
const isAt = (site: RunningSite, id: RunId, step: number) => async () => {
  const { status } = await detailOf(site, id)
  return status.step >= step
}

async function trained(site: RunningSite, run: unknown = long): Promise<RunDetail> {
  const id = await openRun(site, run)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isMeasured(site, id))
  worker.socket.disconnect()
  return detailOf(site, id)
}

async function workToEnd(site: RunningSite, id: RunId): Promise<RunDetail> {
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isMeasured(site, id))
  worker.socket.disconnect()
  return detailOf(site, id)
}

/** A run that is paused in mid-step. */
async function pausedAt(site: RunningSite, step: number, run: unknown = long): Promise<RunId> {
  const id = await openRun(site, run)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isAt(site, id, step))
  await setState(site, id, 'paused')
  worker.socket.disconnect()
  return id
}

const filesIn = (site: RunningSite, folder: string) =>
  readdirSync(join(site.data, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )

describe('retention', () => {
  it('LC1: start, the newest few and the best stay; what they weigh is what lies on the disk; fewer may be kept', async () => {
    const site = await startSite()
    const flora = await bringFlora(site)
    const { status } = await trained(site)
    // The rows made by hand are equally good each time: the first is the best.
    expect(await stepsKept(site, status.id)).toEqual([
      '0 start',
      '2 best',
      '8 newest',
      '10 newest',
      '11 recent',
      '12 latest newest',
    ])
    await site.call('POST', `/api/runs/${status.id}/retention`, { newestKept: 1 })
    expect(await stepsKept(site, status.id)).toEqual(['0 start', '2 best', '11 recent', '12 latest newest'])
    const { bytes, newestKept } = await keptOf(site, status.id)
    expect(newestKept).toBe(1)
    await site.stop()
    const { train, val, test } = flora.manifest.shards
    const floraBlobs = new Set<string>([flora.hash, ...[...train, ...val, ...test].map(({ hash }) => hash)])
    const files = [...filesIn(site, 'blobs'), ...filesIn(site, 'optimizer-states')]
    const ofRun = files.filter(({ name }) => !floraBlobs.has(name))
    const onDisk = ofRun.map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
    expect(onDisk.reduce((sum, size) => sum + size, 0)).toBe(bytes)

    const again = await startSite({ data: site.data })
    expect(await stepsKept(again, status.id)).toEqual(['0 start', '2 best', '11 recent', '12 latest newest'])
    expect((await keptOf(again, status.id)).bytes).toBe(bytes)
  })
})

describe('a fork', () => {
  it('LC2, SD2: with nothing changed it goes on at that step, and comes to the same bits', async () => {
    const site = await startSite()
    await bringFlora(site)
    const whole = await trained(site)
    for (const step of [8, 10, 11]) {
      const forked = await site.json<ForkedRun>('POST', `/api/runs/${whole.status.id}/fork`, {
        step,
        name: `again-${step}`,
      })
      expect(forked).toMatchObject({ step, optimizer: 'kept' })
      const detail = await workToEnd(site, forked.id)
      expect(detail.status.checkpoint).toBe(whole.status.checkpoint)
      expect(detail.imagesTrained).toBe((12 - step) * 12)
      expect(detail.origin).toEqual({ run: whole.status.id, name: 'meadow', step })
      const { steps } = await site.json<RunHistory>('GET', `/api/runs/${forked.id}/history`)
      expect(steps[0]!.step).toBe(step + 1)
    }
  })

  it('LC2, SD2: of a running run, over a restart, while the original lets go of the checkpoint: the same bits', async () => {
    const site = await startSite()
    await bringFlora(site)
    const reference = await trained(site, { ...long, name: 'reference' })
    const id = await openRun(site, long)
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isAt(site, id, 5))
    const forked = await site.json<ForkedRun>('POST', `/api/runs/${id}/fork`, { step: 4, name: 'fork' })
    await setState(site, forked.id, 'paused')
    await worker.workUntil(isMeasured(site, id))
    await site.call('POST', `/api/runs/${id}/retention`, { newestKept: 0 })
    expect(await stepsKept(site, id)).not.toContain('4 newest')
    await site.stop()

    const again = await startSite({ data: site.data })
    expect((await detailOf(again, forked.id)).status).toMatchObject({ state: 'paused', step: 4 })
    await setState(again, forked.id, 'running')
    const detail = await workToEnd(again, forked.id)
    expect(detail.status.checkpoint).toBe(reference.status.checkpoint)
  })

  it('LC2: changed in what decides the samples, or asked to, it begins at step 0 with those weights', async () => {
    const site = await startSite()
    await bringFlora(site)
    const { status } = await trained(site)
    const fork = (body: object) => site.json<ForkedRun>('POST', `/api/runs/${status.id}/fork`, body)
    const reseeded = await fork({ step: 10, name: 'reseeded', changes: { seed: 9, epochs: 1 } })
    const restarted = await fork({
      step: 12,
      name: 'restarted',
      restart: true,
      changes: { epochs: 1, optimizer: { learningRate: 0.01 } },
    })
    expect([reseeded.step, restarted.step]).toEqual([0, 0])
    expect((await detailOf(site, restarted.id)).status).toMatchObject({
      step: 0,
      steps: 2,
      checkpoint: status.checkpoint,
    })
    const detail = await workToEnd(site, restarted.id)
    expect(detail.status).toMatchObject({ state: 'finished', step: 2 })
    expect(detail.config.optimizer).toMatchObject({ learningRate: 0.01, momentum: 0.9 })
  })

  it('LC2: what cannot be is refused, with what can', async () => {
    const site = await startSite()
    await bringFlora(site)
    const { status } = await trained(site)
    await openRun(site, { ...config, name: 'taken' })
    const refused = async (body: object) => {
      const response = await site.call('POST', `/api/runs/${status.id}/fork`, body)
      const { code, action } = (await response.json()) as Rejection
      return `${response.status} ${code}: ${action}`
    }
    expect(await refused({ step: 3, name: 'x' })).toMatch(/409 no-checkpoint: .*0, 2, 8, 10, 11, 12/)
    expect(await refused({ step: 12, name: 'x' })).toMatch(/409 nothing-left: .*epochs.*restart/)
    expect(await refused({ step: 8, name: 'taken' })).toMatch(/409 other-run-of-that-name/)
    expect(await refused({ step: 8, name: 'x', changes: { architecture: { width: 1 } } })).toMatch(
      /400 fixed-field: .*architecture/,
    )
    expect(await refused({ step: 8, name: 'x', changes: { epoch: 1 } })).toMatch(/400 invalid/)
    expect(await refused({ step: 8, name: 'Not A Name' })).toMatch(/400 invalid/)
    expect((await site.call('POST', '/api/runs/nobody/fork', { step: 0, name: 'x' })).status).toBe(404)
    expect((await site.json<{ runs: unknown[] }>('GET', '/api/status')).runs).toHaveLength(2)
  })
})

describe('a rollback', () => {
  it('LC3, SD2: with nothing changed the run comes to the same bits; what came later is dropped, and told', async () => {
    const site = await startSite()
    await bringFlora(site)
    const reference = await trained(site, { ...long, name: 'reference' })
    const id = await pausedAt(site, 7)
    const back = await site.json<RolledBackRun>('POST', `/api/runs/${id}/rollback`, { step: 4 })
    expect(back).toEqual({
      step: 4,
      dropped: { steps: 3, evaluations: expect.any(Number), pending: expect.any(Number), features: 0 },
      optimizer: 'kept',
    })
    expect(back.dropped.evaluations + back.dropped.pending).toBe(1)
    const { status, rollbacks, imagesTrained } = await detailOf(site, id)
    expect(status).toMatchObject({ state: 'paused', step: 4, reason: expect.stringContaining('step 4') })
    expect(imagesTrained).toBe(48)
    expect(rollbacks).toMatchObject([{ from: 7, to: 4, changed: [] }])
    const history = await site.json<RunHistory>('GET', `/api/runs/${id}/history`)
    expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4])
    expect(history.evaluations.every(({ step }) => step <= 4)).toBe(true)
    expect(history.rollbacks).toEqual([{ from: 7, to: 4 }])
    const events = await site.json<LogEvent[]>('GET', '/api/events')
    expect(events.find(({ kind }) => kind === 'run-rolled-back')?.text).toContain('Dropped: 3 steps')

    await setState(site, id, 'running')
    expect((await workToEnd(site, id)).status.checkpoint).toBe(reference.status.checkpoint)
    // Nothing that only the dropped steps needed is left behind.
    await site.stop()
    const before = filesIn(site, 'blobs').length + filesIn(site, 'optimizer-states').length
    const again = await startSite({ data: site.data })
    expect(filesIn(again, 'blobs').length + filesIn(again, 'optimizer-states').length).toBe(before)
  })

  it('LC3, LS2: leases of before are stale, and a restart finds the run where it is, changed as it was', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, long)
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isAt(site, id, 5))
    const held = await worker.lease()
    await setState(site, id, 'paused')
    const changes = { optimizer: { learningRate: 0.001 }, epochs: 4 }
    await site.json<RolledBackRun>('POST', `/api/runs/${id}/rollback`, { step: 4, changes })
    expect(await worker.push(held)).toEqual({ kind: 'stale' })
    await site.stop()

    const again = await startSite({ data: site.data })
    const { status, config: after, rollbacks } = await detailOf(again, id)
    expect(status).toMatchObject({ state: 'paused', step: 4, steps: 8 })
    expect(after.optimizer?.learningRate).toBe(0.001)
    expect(rollbacks).toMatchObject([{ from: 5, to: 4, changed: ['epochs', 'optimizer'] }])
    await setState(again, id, 'running')
    const end = await workToEnd(again, id)
    expect(end.status).toMatchObject({ state: 'finished', step: 8 })
    expect(end.imagesTrained).toBe(96)
  })

  it('LC3: a stopped run, also over a restart, and to the very beginning', async () => {
    const site = await startSite()
    await bringFlora(site)
    const reference = await trained(site, { ...config, name: 'reference' })
    const id = await pausedAt(site, 3, config)
    await setState(site, id, 'stopped')
    await site.stop()
    const again = await startSite({ data: site.data })
    const back = await again.json<RolledBackRun>('POST', `/api/runs/${id}/rollback`, { step: 0 })
    expect(back.dropped.steps).toBe(3)
    await setState(again, id, 'running')
    expect((await workToEnd(again, id)).status.checkpoint).toBe(reference.status.checkpoint)
  })

  it('LC3: a fork keeps its checkpoint when the original goes back before it', async () => {
    const site = await startSite()
    await bringFlora(site)
    const reference = await trained(site, { ...long, name: 'reference' })
    const id = await pausedAt(site, 7)
    const fork = await site.json<ForkedRun>('POST', `/api/runs/${id}/fork`, { step: 7, name: 'fork' })
    await site.json('POST', `/api/runs/${id}/rollback`, { step: 2 })
    expect((await workToEnd(site, fork.id)).status.checkpoint).toBe(reference.status.checkpoint)
  })

  it('LC3: what cannot be is refused, and changes nothing', async () => {
    const site = await startSite()
    await bringFlora(site)
    const done = await trained(site, { ...config, name: 'done' })
    const id = await pausedAt(site, 5)
    const refused = async (body: object, of = id) => {
      const response = await site.call('POST', `/api/runs/${of}/rollback`, body)
      const { code, message, action } = (await response.json()) as Rejection
      return `${response.status} ${code}: ${message} ${action}`
    }
    expect(await refused({ step: 3 })).toMatch(/409 no-checkpoint/)
    expect(await refused({ step: 4, changes: { seed: 1 } })).toMatch(/400 fixed-field: .*seed.*Fork/)
    expect(await refused({ step: 4, changes: { epochs: 2 } })).toMatch(/409 nothing-left/)
    expect(await refused({ step: 4, changes: { optimizer: { learningRate: 'a lot' } } })).toMatch(
      /400 invalid: .*learningRate/,
    )
    expect(await refused({ step: 2 }, done.status.id)).toMatch(/409 run-not-paused: .*finished.*Fork/)
    expect((await detailOf(site, id)).status).toMatchObject({ state: 'paused', step: 5 })
    await setState(site, id, 'running')
    expect(await refused({ step: 4 })).toMatch(/409 run-not-paused: .*Pause/)
    expect((await workToEnd(site, id)).status.state).toBe('finished')
  })
})

describe('an operator’s settings', () => {
  it('WK11: a priority is shown, kept over a restart, and bounded', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, config)
    expect((await detailOf(site, id)).status.priority).toBe(0)
    const set = (priority: unknown) => site.call('POST', `/api/runs/${id}/priority`, { priority })
    expect((await set(4)).status).toBe(200)
    expect((await set(10)).status).toBe(400)
    expect((await set('high')).status).toBe(400)
    await site.stop()
    const again = await startSite({ data: site.data })
    expect((await detailOf(again, id)).status.priority).toBe(4)
  })

  it('LC4, WK15: a run that needs another class of worker says so, until one comes', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, config)
    const hint = async () => (await detailOf(site, id)).status.hint
    expect(await hint()).toMatch(/Nobody is here/)
    const gpu = await HandWorker.join(site.url, { device: { backend: 'webgpu' } })
    expect(await gpu.requestWork()).toMatchObject({ kind: 'idle', classes: ['deterministic'] })
    expect(await hint()).toMatch(/No connected worker can do this run: it needs the deterministic class/)
    await HandWorker.join(site.url)
    expect(await hint()).toBeUndefined()
  })
})
