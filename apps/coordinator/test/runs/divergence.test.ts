/** Losses that explode: through the HTTP API of a running site, with contributions made by hand. */

import type { RunId } from '@worldflora/protocol/ids'
import type { RolledBackRun } from '@worldflora/protocol/kept-checkpoints'
import type { RunDetail, RunHistory } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

/** Three species: up to 6 could be noise. A step has twelve samples in three tasks. */
const run = { ...config, epochs: 4 }
/** Mean losses of 1, and of 50 from step 3 on. */
const exploding = (step: number) => (step < 3 ? 4 : 200)

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const stateOf = (site: RunningSite, id: RunId, state: string) => async () =>
  (await detailOf(site, id)).status.state === state
const setState = (site: RunningSite, id: RunId, state: string) =>
  site.call('POST', `/api/runs/${id}/state`, { state })

async function exploded(site: RunningSite): Promise<{ id: RunId; worker: HandWorker; before: RunDetail }> {
  await bringFlora(site)
  const id = await openRun(site, run)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(stateOf(site, id, 'paused'), exploding)
  return { id, worker, before: await detailOf(site, id) }
}

describe('a loss that explodes', () => {
  it('DV2: pauses the run with the reason before its step is kept; DV3: resumed, the run goes on in spite of it', async () => {
    const site = await startSite()
    const { id, worker, before } = await exploded(site)
    expect(before.status).toMatchObject({ state: 'paused', step: 3 })
    expect(before.status.reason).toMatch(/loss exploded: 50\.0 at checkpoint 3.*6\.00.*Roll the run back/s)
    const history = await site.json<RunHistory>('GET', `/api/runs/${id}/history`)
    expect(history.steps.map(({ loss }) => loss)).toEqual([1, 1, 1])

    await setState(site, id, 'running')
    await worker.workUntil(stateOf(site, id, 'finished'), exploding)
    const after = await site.json<RunHistory>('GET', `/api/runs/${id}/history`)
    expect(after.steps.map(({ loss }) => loss)).toEqual([1, 1, 1, 50, 50, 50, 50, 50])
  })

  it('DV3: rolled back and not changed, it pauses again where it did', async () => {
    const site = await startSite()
    const { id, worker, before } = await exploded(site)
    const back = await site.json<RolledBackRun>('POST', `/api/runs/${id}/rollback`, { step: 2 })
    expect(back).toMatchObject({ step: 2, optimizer: 'kept' })
    // Announced before it pauses again: the same status twice would be no news.
    const isGoingOn = worker.hears('running')
    await setState(site, id, 'running')
    await isGoingOn
    await worker.workUntil(stateOf(site, id, 'paused'), exploding)
    const { status } = await detailOf(site, id)
    expect(status).toMatchObject({
      step: 3,
      checkpoint: before.status.checkpoint,
      reason: before.status.reason,
    })
  })

  it('DV2: losses of before a restart are recent still', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site, run)
    const worker = await HandWorker.join(site.url)
    // Let pass once, losses of 50 are what the run has.
    await worker.workUntil(stateOf(site, id, 'paused'), () => 200)
    await setState(site, id, 'running')
    const isAtTwo = async () => (await detailOf(site, id)).status.step === 2
    await worker.workUntil(isAtTwo, () => 200)
    await site.stop()
    const again = await startSite({ data: site.data })
    const other = await HandWorker.join(again.url)
    await other.workUntil(stateOf(again, id, 'paused'), (step) => (step < 4 ? 400 : 1000))
    expect((await detailOf(again, id)).status).toMatchObject({
      step: 4,
      reason: expect.stringMatching(/250 at checkpoint 4, where up to 150/),
    })
  })
})
