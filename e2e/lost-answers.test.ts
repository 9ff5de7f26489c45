/** A real worker whose network loses the coordinator's answers: every result is pushed twice, and counts once. */

import { spawnCompute } from '@worldflora/worker/node'
import { identityInMemory, memoryBlobCache, type Session, startSession } from '@worldflora/worker/session'
import { expect, it, onTestFinished } from 'vitest'
import { startLossyProxy } from './lossy-proxy.ts'
import { bringHerbarium, openRun, untilMeasured } from './operator.ts'
import { startCoordinator, temporaryFolder } from './processes.ts'

const EPOCHS = 2
const run = {
  name: 'lossy',
  flora: 'small',
  seed: 3,
  backend: 'deterministic',
  architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 },
  samplesPerTask: 4,
  tasksPerStep: 12,
  epochs: EPOCHS,
  optimizer: { name: 'sgd', learningRate: 0.05 },
}

function startWorker(url: string): Session {
  const session = startSession({
    url,
    host: 'node',
    backend: 'wasm',
    caches: { shards: memoryBlobCache(64e6), checkpoints: memoryBlobCache(64e6) },
    identity: identityInMemory(),
    onActivity: () => {},
    spawnCompute,
  })
  onTestFinished(() => session.stop())
  return session
}

it('FT8, RS1, SD2: the first answer to every result is lost: what is sent again is late, or stale, and counts once', async () => {
  const site = await startCoordinator(temporaryFolder())
  const { manifest } = await bringHerbarium(site, run.flora, { species: 4 })
  const samples = manifest.shards.train.reduce((sum, shard) => sum + shard.samples, 0)
  const worker = startWorker(site.url)
  const reference = await untilMeasured(site, await openRun(site, { ...run, name: 'sound' }))
  await worker.stop()

  const { url, answers } = await startLossyProxy(site.url)
  startWorker(url)
  const detail = await untilMeasured(site, await openRun(site, run))
  expect(detail.status.checkpoint).toBe(reference.status.checkpoint)
  expect(detail.imagesTrained).toBe(EPOCHS * samples)
  expect(detail.testEvaluation).toEqual(reference.testEvaluation)

  expect(new Set(answers.lost)).toEqual(new Set(['accepted']))
  expect(answers.later).toContain('late')
  // With the last of a step its leases end: what comes then is stale.
  expect(answers.later.filter((kind) => kind !== 'late' && kind !== 'stale')).toEqual([])
})
