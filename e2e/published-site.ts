/** A site as visitors of /identify find it: a small model has been trained and published. */
import { type Photo, readShard } from '@worldflora/dataset/shard'
import type { RunDetail } from '@worldflora/protocol/http'
import { isRejection } from '@worldflora/protocol/rejection'
import { bringHerbarium, call, type Herbarium, openRun, untilMeasured } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder, worldflora } from './processes.ts'

/** Seconds of training, and right more often than chance. */
export const SMALL_RUN = {
  name: 'pages',
  flora: 'small',
  seed: 3,
  architecture: { name: 'small-cnn', width: 1, imageSize: 48 },
  samplesPerTask: 16,
  tasksPerStep: 1,
  epochs: 12,
  optimizer: { name: 'sgd', learningRate: 0.05, weightDecay: 5e-4, schedule: 'cosine', warmupEpochs: 1 },
  augmentation: { flip: true },
}

/** `photos`: those that the run was tested on and has never seen. */
export type PublishedSite = Site &
  Pick<Herbarium, 'manifest'> &
  Pick<RunDetail, 'testEvaluation'> & { photos: Photo[] }

export async function startPublishedSite(): Promise<PublishedSite> {
  const site = await startCoordinator(temporaryFolder())
  const { manifest, shards } = await bringHerbarium(site, SMALL_RUN.flora, { species: 6 })
  const id = await openRun(site, SMALL_RUN)
  const worker = worldflora(['work', '--url', site.url])
  const { testEvaluation } = await untilMeasured(site, id)
  worker.kill('SIGTERM')
  await call(site, 'POST', `/api/runs/${id}/publish`)
  const photos = readShard(shards.get(manifest.shards.test[0]!.hash)!)
  if (isRejection(photos)) throw new Error(photos.message)
  return { ...site, manifest, testEvaluation, photos }
}
