import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf } from '@worldflora/protocol/hash'
import type { RunId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { RunDetail, RunHistory } from '@worldflora/protocol/runs'
import type { Status } from '@worldflora/protocol/status'
import { describe, expect, it } from 'vitest'
import { openBlobFiles } from '../../src/store/blob-store.files.ts'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite, temporaryFolder } from '../running-site.ts'

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const isMeasured = (site: RunningSite, id: RunId) => async () => (await detailOf(site, id)).status.measured

async function trainToEnd(site: RunningSite, workers: number, run: unknown = config): Promise<RunDetail> {
  const id = await openRun(site, run)
  const crew = await Promise.all(Array.from({ length: workers }, () => HandWorker.join(site.url)))
  await Promise.all(crew.map((worker) => worker.workUntil(isMeasured(site, id))))
  return detailOf(site, id)
}

describe('a run, with contributions made by hand', () => {
  it('GB2, CK1, RS3, ST6: goes through its steps, is measured and published; each checkpoint is reached over its chain', async () => {
    const site = await startSite()
    await bringFlora(site)
    const detail = await trainToEnd(site, 2)
    expect(detail.status).toMatchObject({ state: 'finished', step: 4, steps: 4, epoch: 2, measured: true })
    expect(detail.imagesTrained).toBe(48)
    expect(detail.trainingSeconds).toBeGreaterThan(0)
    expect(detail.testEvaluation).toMatchObject({ step: 4, split: 'test', photos: 6, top1: 0.5 })

    const history = await site.json<RunHistory>('GET', `/api/runs/${detail.status.id}/history`)
    expect(history.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4])
    expect(history.evaluations.map(({ step, split }) => `${step} ${split}`)).toEqual([
      '2 val',
      '4 test',
      '4 val',
    ])

    const published = await site.json<PublishedModel>('POST', `/api/runs/${detail.status.id}/publish`)
    const weights = new Uint8Array(
      await (await fetch(`${site.url}/blobs/${published.weights.blob}`)).arrayBuffer(),
    )
    expect(hashOf(weights)).toBe(detail.status.checkpoint)
    expect(weights.byteLength).toBe(published.weights.bytes)
    expect((await site.json<Status>('GET', '/api/status')).model).toEqual({
      id: published.id,
      checkpoint: detail.status.checkpoint,
      species: 3,
      isCalibrated: false,
    })
    const events = await site.json<{ kind: string }[]>('GET', '/api/events')
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['run-opened', 'worker-joined', 'evaluated', 'run-finished', 'model-published']),
    )
  })

  it('SD2, FT11: one worker or three, here or after a restart in mid-step: the same checkpoint', async () => {
    const site = await startSite()
    await bringFlora(site)
    const alone = await trainToEnd(site, 1)
    const together = await trainToEnd(site, 3, { ...config, name: 'meadow-3' })
    expect(together.status.checkpoint).toBe(alone.status.checkpoint)

    const id = await openRun(site, { ...config, name: 'meadow-restarted' })
    const worker = await HandWorker.join(site.url)
    for (let pushed = 0; pushed < 7; pushed++) await worker.push(await worker.lease())
    const unfinished = await worker.lease()
    await site.stop()
    const again = await startSite({ data: site.data })
    const before = await detailOf(again, id)
    expect(before.status.step).toBeGreaterThanOrEqual(1)
    expect(before.status.tasks.accepted).toBe(0)

    const { workerId, secret } = worker.joined!
    const back = await HandWorker.join(again.url, { identity: { workerId, secret } })
    expect(back.joined).toMatchObject({ workerId, leases: [] })
    expect(await back.push(unfinished)).toEqual({ kind: 'stale' })
    await back.workUntil(isMeasured(again, id))
    expect((await detailOf(again, id)).status.checkpoint).toBe(alone.status.checkpoint)
    expect((await detailOf(again, id)).imagesTrained).toBe(48)
  })

  it('CK1: bytes without a row (a kill between the two) are swept away, and the run is at its last row', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site)
    await site.stop()
    const blobs = await openBlobFiles(join(site.data, 'blobs'))
    const orphan = await blobs.put(
      new TextEncoder().encode('the delta of a step whose row was never written'),
    )
    const states = await openBlobFiles(join(site.data, 'optimizer-states'))
    const orphanState = await states.put(new TextEncoder().encode('its optimizer state'))

    const again = await startSite({ data: site.data })
    expect((await detailOf(again, id)).status).toMatchObject({ state: 'running', step: 0 })
    expect(await blobs.size(orphan)).toBeNull()
    expect(await states.size(orphanState)).toBeNull()
    const worker = await HandWorker.join(again.url)
    await worker.workUntil(isMeasured(again, id))
    expect((await detailOf(again, id)).status.state).toBe('finished')
  })

  it('CK1: a damaged checkpoint pauses its run with the reason, and stops no other', async () => {
    const site = await startSite()
    await bringFlora(site)
    const damaged = await openRun(site)
    const whole = await openRun(site, { ...config, name: 'whole', seed: 6 })
    const { checkpoint } = (await detailOf(site, damaged)).status
    await site.stop()
    const blobs = await openBlobFiles(join(site.data, 'blobs'))
    await blobs.delete(checkpoint)

    const again = await startSite({ data: site.data })
    const { status } = await detailOf(again, damaged)
    expect(status).toMatchObject({ state: 'paused', reason: expect.stringContaining(checkpoint) })
    expect((await detailOf(again, whole)).status.state).toBe('running')
    expect((await again.call('POST', `/api/runs/${damaged}/state`, { state: 'running' })).status).toBe(400)
  })

  it('old deltas and optimizer states are let go of; what is left leads to the checkpoint', async () => {
    const data = temporaryFolder()
    const site = await startSite({ data })
    await bringFlora(site)
    const id = await openRun(site, { ...config, epochs: 12, evaluateEveryEpochs: 6 })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isMeasured(site, id))
    // The last retention runs behind the announcement: stopping waits for it.
    await site.stop()
    const files = (folder: string) =>
      readdirSync(join(data, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      )
    // Of the last two steps, and of the milestone at step 12.
    expect(files('optimizer-states')).toHaveLength(3)
    // Three shards, the manifest, two milestones, and the chain: far fewer than 24 deltas and their bases.
    expect(files('blobs').length).toBeLessThan(16)
    const again = await startSite({ data })
    const published = await again.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
    expect(published.checkpoint).toBe((await detailOf(again, id)).status.checkpoint)
  })

  it('publishBest publishes what names the validation photos better than before, and nothing else', async () => {
    const site = await startSite()
    await bringFlora(site)
    await trainToEnd(site, 1, { ...config, publishBest: true })
    // The rows made by hand are equally good each time: only the first is better than nothing.
    const model = await site.json<PublishedModel>('GET', '/api/model')
    expect(model.run).toMatchObject({ name: 'meadow', step: 2 })
    expect(model.evaluation).toMatchObject({ step: 2, split: 'val' })
  })
})

describe('steering', () => {
  it('the same RUN.json again goes on; another one of the name says what differs; a finished one starts anew', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site)
    expect(await site.json('POST', '/api/runs', config)).toEqual({ id, resumed: true })
    const other = await site.call('POST', '/api/runs', { ...config, seed: 99, wire: 'float32' })
    expect(other.status).toBe(409)
    expect(((await other.json()) as { message: string }).message).toContain('seed, wire')
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(isMeasured(site, id))
    expect(await site.json('POST', '/api/runs', config)).toMatchObject({
      id: expect.not.stringMatching(id),
      resumed: false,
    })
  })

  it('ST1, ST2: a paused run gives no work; resumed, it goes on where it was', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site)
    const worker = await HandWorker.join(site.url)
    await worker.push(await worker.lease())
    await site.call('POST', `/api/runs/${id}/state`, { state: 'paused' })
    expect(await worker.requestWork()).toMatchObject({ kind: 'idle' })
    expect((await detailOf(site, id)).status).toMatchObject({
      state: 'paused',
      tasks: { accepted: 1, total: 3 },
    })
    expect(await site.json('POST', '/api/runs', config)).toEqual({ id, resumed: true })
    await worker.workUntil(isMeasured(site, id))
    expect((await detailOf(site, id)).imagesTrained).toBe(48)
  })

  it('LV1, FT9: a task that three workers are refused for pauses the run with its samples, also over a restart', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, { ...config, tasksPerStep: 1 })
    for (let n = 0; n < 3; n++) {
      const worker = await HandWorker.join(site.url)
      const lease = await worker.lease()
      const answer = await worker.put(lease, new Uint8Array(10))
      expect(answer.status).toBe(400)
      worker.socket.disconnect()
    }
    const paused = { state: 'paused', reason: expect.stringMatching(/3 workers.*samples/s) }
    expect((await detailOf(site, id)).status).toMatchObject(paused)
    await site.stop()
    const again = await startSite({ data: site.data })
    expect((await detailOf(again, id)).status).toMatchObject(paused)
  })

  it('LS1, ST10: a worker that comes back has its lease still; LS2: after the step it is stale', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site)
    const worker = await HandWorker.join(site.url)
    const lease: Lease = await worker.lease()
    worker.socket.disconnect()
    const { workerId, secret } = worker.joined!
    const back = await HandWorker.join(site.url, { identity: { workerId, secret } })
    expect(back.joined).toMatchObject({ workerId, leases: [lease.leaseId] })
    expect(await back.push(lease)).toMatchObject({ kind: 'accepted', images: 4 })
    const advanced = new Promise((resolve) => back.socket.once('step-advanced', resolve))
    for (let n = 0; n < 2; n++) await back.push(await back.lease())
    expect(await advanced).toMatchObject({ step: 1 })
    expect(await back.push(lease)).toEqual({ kind: 'stale' })
  })
})
