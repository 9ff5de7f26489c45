/** Runs that need to know the labels of their flora's train photos. */
import type { RunDetail } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

const balanced = { ...config, sampling: { name: 'class-balanced' } }
/** Every second photo is trusted. */
const everySecond = (photo: number) => photo % 2 === 0

const refusalOf = async (site: RunningSite, run: object) => site.json('POST', '/api/runs', run)

async function measured(site: RunningSite, run: object): Promise<RunDetail> {
  const id = await openRun(site, run)
  const detail = () => site.json<RunDetail>('GET', `/api/runs/${id}`)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(async () => (await detail()).status.measured)
  worker.socket.disconnect()
  return detail()
}

describe('a run on what is known of its photos', () => {
  it('TR1, SM1, LO1: on a flora of before there were train labels is refused, with what to do', async () => {
    const site = await startSite()
    await bringFlora(site)
    for (const [field, run] of [
      ['sampling', balanced],
      ['logitAdjustment', { ...config, logitAdjustment: 1 }],
    ] as const) {
      expect(await refusalOf(site, run)).toMatchObject({
        code: 'no-train-labels',
        message: expect.stringContaining(field),
        action: expect.stringContaining('Import it again'),
      })
    }
  })

  it('SM2, TR1: cannot weigh photos by trust where none is trusted', async () => {
    const site = await startSite()
    await bringFlora(site, 'meadow', undefined, () => false)
    const run = { ...config, sampling: { name: 'uniform', noisyWeight: 0.5 } }
    expect(await refusalOf(site, run)).toMatchObject({ code: 'no-trusted-photos' })
  })

  it('SM2, GB2: an epoch is as long as its weights are together; a fork with another sampling begins anew', async () => {
    const site = await startSite()
    await bringFlora(site, 'meadow', undefined, everySecond)
    const run = { ...config, sampling: { name: 'uniform', noisyWeight: 0.5 } }
    const detail = await measured(site, run)
    // Twelve trusted photos, and half of twelve others, in two epochs.
    expect(detail.imagesTrained).toBe(2 * 18)
    const { id } = detail.status
    const fork = { step: 2, name: 'other', changes: { sampling: { name: 'class-balanced' } } }
    expect(await site.json('POST', `/api/runs/${id}/fork`, fork)).toMatchObject({ step: 0 })
  })

  it('LO1: is leased with where the counts of its species are; others are not', async () => {
    const site = await startSite()
    const { manifest } = await bringFlora(site, 'meadow', undefined, () => false)
    const flora = async (run: object) => {
      const id = await openRun(site, run)
      const worker = await HandWorker.join(site.url)
      const lease = await worker.lease()
      await site.json('POST', `/api/runs/${id}/state`, { state: 'stopped' })
      worker.socket.disconnect()
      return lease.run.flora
    }
    expect((await flora({ ...config, logitAdjustment: 1 })).trainCounts).toEqual(manifest.trainLabels!.counts)
    expect(await flora(balanced)).not.toHaveProperty('trainCounts')
  })

  it('EV1: that evaluates several crops says how many', async () => {
    const site = await startSite()
    await bringFlora(site)
    const detail = await measured(site, { ...config, evaluation: { crops: 5 } })
    expect(detail.testEvaluation).toMatchObject({ crops: 5, photos: 6 })
    expect((await measured(site, { ...config, name: 'plain' })).testEvaluation).not.toHaveProperty('crops')
  })
})
