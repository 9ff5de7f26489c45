/**
 * The promise, with real processes: one run's checkpoint is the same bytes however it was computed. The reference is
 * one undisturbed Node worker; every scene after it must end with the reference's hash.
 */
import { describe, expect, it } from 'vitest'
import { expectNoFaults, openBrowser, openContributor } from './browser.ts'
import { bringHerbarium, openRun, runDetail, untilMeasured, untilRun } from './operator.ts'
import { startCoordinator, temporaryFolder, worldflora } from './processes.ts'

const SPECIES = 6
const EPOCHS = 2
const run = {
  name: 'same-bits',
  flora: 'small',
  seed: 7,
  backend: 'deterministic',
  architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 },
  samplesPerTask: 8,
  tasksPerStep: 6,
  epochs: EPOCHS,
  wire: 'int8',
  optimizer: { name: 'sgd', learningRate: 0.05, weightDecay: 5e-4, schedule: 'cosine', warmupEpochs: 0.5 },
  augmentation: { crop: true, flip: true, color: 0.2 },
}

/** In the middle of a step: some of its tasks are in, some are not. */
const inMidStep = (after: number) => (status: { step: number; tasks: { accepted: number; total: number } }) =>
  status.step >= after && status.tasks.accepted > 0 && status.tasks.accepted < status.tasks.total

async function openSite() {
  const data = temporaryFolder()
  const site = await startCoordinator(data)
  const { manifest } = await bringHerbarium(site, run.flora, { species: SPECIES })
  const samples = manifest.shards.train.reduce((sum, shard) => sum + shard.samples, 0)
  return { data, site, samples, id: await openRun(site, run) }
}

describe.sequential('one run, computed in different ways', () => {
  let reference = ''

  it('one Node worker, undisturbed: the reference', async () => {
    const { site, id, samples } = await openSite()
    worldflora(['work', '--url', site.url])
    const detail = await untilMeasured(site, id)
    expect(detail.imagesTrained).toBe(EPOCHS * samples)
    expect(detail.testEvaluation?.photos).toBeGreaterThan(0)
    reference = detail.status.checkpoint
  })

  it('GB2, SD2, LS1: two tabs and a Node worker; a tab is closed and the worker SIGKILLed in mid-step', async () => {
    const { site, id, samples } = await openSite()
    const browser = await openBrowser()
    const worker = worldflora(['work', '--url', site.url])
    const [staying, leaving] = [await openContributor(browser, site), await openContributor(browser, site)]
    await untilRun(site, id, inMidStep(1))
    await leaving.close()
    await untilRun(site, id, inMidStep(2))
    worker.kill('SIGKILL')
    await worker.ended
    const detail = await untilMeasured(site, id)
    expect(detail.imagesTrained).toBe(EPOCHS * samples)
    expect(detail.status.checkpoint).toBe(reference)
    expectNoFaults(staying)
  })

  it('SD2: three workers, one of them a tab, one killed: the same bytes as one worker', async () => {
    const { site, id } = await openSite()
    const browser = await openBrowser()
    worldflora(['work', '--url', site.url])
    const killed = worldflora(['work', '--url', site.url])
    await openContributor(browser, site)
    await untilRun(site, id, inMidStep(2))
    killed.kill('SIGKILL')
    expect((await untilMeasured(site, id)).status.checkpoint).toBe(reference)
  })

  it('CK1: the coordinator is SIGKILLed in mid-step and started again: the run goes on to the same bytes', async () => {
    const { data, site, id } = await openSite()
    worldflora(['work', '--url', site.url])
    const { step } = await untilRun(site, id, inMidStep(2))
    site.kill('SIGKILL')
    await site.ended
    const again = await startCoordinator(data, Number(new URL(site.url).port))
    expect((await runDetail(again, id)).status.step).toBeGreaterThanOrEqual(step)
    expect((await untilMeasured(again, id)).status.checkpoint).toBe(reference)
  })
})
