/** Transfer learning with real processes: features, head, all of the network; the same bytes with one worker and with several that are killed. */
import { describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { Crew } from './crew.ts'
import { bringHerbarium, openRun, untilMeasured, untilRun } from './operator.ts'
import { startCoordinator, temporaryFolder } from './processes.ts'

const SPECIES = 4
const run = {
  name: 'phases',
  flora: 'small',
  seed: 3,
  architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 },
  samplesPerTask: 4,
  tasksPerStep: 6,
  augmentation: { crop: true, flip: true, color: 0.2 },
  optimizer: { name: 'sgd', learningRate: 0.05, schedule: 'cosine' },
  phases: [
    { train: 'head', epochs: 3, samplesPerTask: 8, tasksPerStep: 2, views: 2, evaluateEveryEpochs: 3 },
    { train: 'all', epochs: 2, evaluateEveryEpochs: 2 },
  ],
}

async function openSite() {
  const data = temporaryFolder()
  const site = await startCoordinator(data)
  await bringHerbarium(site, run.flora, { species: SPECIES })
  return { data, site }
}

describe.sequential('a run in phases, with real workers', () => {
  let reference = ''

  it('PH1, PH2: one Node worker, undisturbed: the reference', async () => {
    const { site } = await openSite()
    await Crew.assemble(site, { nodes: 1, tabs: 0, browser: null })
    const detail = await untilMeasured(site, await openRun(site, run))
    expect(detail.status).toMatchObject({ state: 'finished', epoch: 5 })
    reference = detail.status.checkpoint
  })

  it('PH1, PH2, SD2, CK1: a tab and two Node workers, one killed; the coordinator killed as well', async () => {
    const { data, site: first } = await openSite()
    const crew = await Crew.assemble(first, { nodes: 2, tabs: 1, browser: await openBrowser() })
    const id = await openRun(first, run)
    await untilRun(first, id, ({ step, state }) => step > 1 || state !== 'running')
    crew.killOne(0)
    first.kill('SIGKILL')
    await first.ended
    const site = await startCoordinator(data, Number(new URL(first.url).port))
    const detail = await untilMeasured(site, id)
    expect(detail.status.checkpoint).toBe(reference)
    await crew.expectNoFaults()
  })
})
