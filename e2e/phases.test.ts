/** Transfer learning with real processes: features, head, all of the network; the same bytes with one worker and with several that are killed. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { Crew } from './crew.ts'
import { shareAmongTests } from './lifetime.ts'
import { bringHerbarium, openRun, untilMeasured, untilRun } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder } from './processes.ts'

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

let data: string
let site: Site
beforeAll(() =>
  shareAmongTests(async () => {
    data = temporaryFolder()
    site = await startCoordinator(data)
    await bringHerbarium(site, run.flora, { species: SPECIES })
  }),
)

describe.sequential('a run in phases, with real workers', () => {
  let reference = ''

  it('PH1, PH2: one Node worker, undisturbed: the reference', async () => {
    await Crew.assemble(site, { nodes: 1, tabs: 0, browser: null })
    const detail = await untilMeasured(site, await openRun(site, run))
    expect(detail.status).toMatchObject({ state: 'finished', epoch: 5 })
    reference = detail.status.checkpoint
  })

  it('PH1, PH2, SD2, CK1: a tab and two Node workers, one killed; the coordinator killed as well', async () => {
    const crew = await Crew.assemble(site, { nodes: 2, tabs: 1, browser: await openBrowser() })
    const id = await openRun(site, { ...run, name: 'disturbed' })
    await untilRun(site, id, ({ step, state }) => step > 1 || state !== 'running')
    crew.killOne(0)
    site.kill('SIGKILL')
    await site.ended
    const again = await startCoordinator(data, Number(new URL(site.url).port))
    const detail = await untilMeasured(again, id)
    expect(detail.status.checkpoint).toBe(reference)
    await crew.expectNoFaults()
  })
})
