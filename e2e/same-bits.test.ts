/**
 * The promise, with real processes: one run's checkpoint is the same bytes however it was computed. The reference is one
 * undisturbed Node worker; every scene after it, with workers and the coordinator killed in the middle, must end with its hash.
 */
import { RandomStream } from '@worldflora/protocol/random'
import { describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { Crew } from './crew.ts'
import { bringHerbarium, openRun, untilMeasured, untilRun } from './operator.ts'
import { startCoordinator, temporaryFolder } from './processes.ts'

const SPECIES = 6
const EPOCHS = 6
const SEED = 1
const run = {
  name: 'same-bits',
  flora: 'small',
  seed: 7,
  backend: 'deterministic',
  architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 },
  samplesPerTask: 4,
  tasksPerStep: 12,
  epochs: EPOCHS,
  evaluateEveryEpochs: EPOCHS,
  wire: 'int8',
  optimizer: { name: 'sgd', learningRate: 0.05, weightDecay: 5e-4, schedule: 'cosine', warmupEpochs: 0.5 },
  augmentation: { crop: true, flip: true, color: 0.2 },
}

const SCENES = [
  { workers: 'one Node worker', nodes: 1, tabs: 0, workerKills: 1 },
  { workers: 'two Node workers and a tab', nodes: 2, tabs: 1, workerKills: 2 },
  { workers: 'four Node workers and three tabs', nodes: 4, tabs: 3, workerKills: 4 },
]
const COORDINATOR_KILLS = 3

async function openSite() {
  const data = temporaryFolder()
  const site = await startCoordinator(data)
  const { manifest } = await bringHerbarium(site, run.flora, { species: SPECIES })
  return { data, site, samples: manifest.shards.train.reduce((sum, shard) => sum + shard.samples, 0) }
}

describe.sequential('one run, computed in different ways', () => {
  let reference = ''

  it('GB2: one Node worker, undisturbed: the reference', async () => {
    const { site, samples } = await openSite()
    await Crew.assemble(site, { nodes: 1, tabs: 0, browser: null })
    const detail = await untilMeasured(site, await openRun(site, run))
    expect(detail.imagesTrained).toBe(EPOCHS * samples)
    expect(detail.testEvaluation?.photos).toBeGreaterThan(0)
    reference = detail.status.checkpoint
  })

  for (const { workers, nodes, tabs, workerKills } of SCENES) {
    it(`GB2, SD2, LS1, CK1: ${workers}, killed at random (${workerKills}) and replaced; three kill -9 of the coordinator`, async () => {
      const { data, site: first, samples } = await openSite()
      const browser = tabs > 0 ? await openBrowser() : null
      const crew = await Crew.assemble(first, { nodes, tabs, browser })
      const id = await openRun(first, run)
      const chance = new RandomStream(SEED, 'faults', nodes, tabs)
      const faults = chance.shuffle([
        ...Array.from({ length: COORDINATOR_KILLS }, () => 'coordinator' as const),
        ...Array.from({ length: workerKills }, () => 'worker' as const),
      ])
      let site = first
      for (const [n, fault] of faults.entries()) {
        // Each in another step, while the run is in full swing.
        const { state } = await untilRun(site, id, ({ step, state }) => step > n || state !== 'running')
        expect(state).toBe('running')
        if (fault === 'worker') crew.killOne(chance.uniform())
        else {
          site.kill('SIGKILL')
          await site.ended
          site = await startCoordinator(data, Number(new URL(site.url).port))
        }
      }
      const detail = await untilMeasured(site, id)
      expect(detail.imagesTrained).toBe(EPOCHS * samples)
      expect(detail.status.checkpoint).toBe(reference)
      await crew.expectNoFaults()
    })
  }
})

it('SD1, SD2, AU1, LO1, LO2, SM1, EV1: so is a run with every means for long tails and wrong labels', async () => {
  const means = {
    ...run,
    epochs: 2,
    augmentation: { ...run.augmentation, mixup: 0.4, cutmix: 1, mixedShare: 0.8 },
    labelSmoothing: 0.1,
    noise: { name: 'generalised-cross-entropy', q: 0.7 },
    evaluation: { crops: 5 },
  }
  const adjusted = { ...means, name: 'adjusted', logitAdjustment: 1 }
  const balanced = { ...means, name: 'balanced', sampling: { name: 'class-balanced' } }
  const ends: string[][] = []
  for (const nodes of [1, 2]) {
    const { site } = await openSite()
    const crew = await Crew.assemble(site, { nodes, tabs: 0, browser: null })
    const ids = [await openRun(site, adjusted), await openRun(site, balanced)]
    const details = [await untilMeasured(site, ids[0]!), await untilMeasured(site, ids[1]!)]
    for (const { testEvaluation } of details) expect(testEvaluation?.crops).toBe(5)
    ends.push(details.map(({ status }) => status.checkpoint))
    await crew.expectNoFaults()
  }
  expect(ends[1]).toEqual(ends[0])
  expect(ends[0]![0]).not.toBe(ends[0]![1])
})
