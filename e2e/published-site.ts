/** Sites as visitors of /identify find them: with a model. */
import type { Manifest } from '@worldflora/dataset/manifest'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import type { RunDetail } from '@worldflora/protocol/runs'
import type { Herbarium } from './herbarium.ts'
import { type Address, bringHerbarium, call, openRun, untilMeasured } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder, worldflora } from './processes.ts'

/** Seconds of training, and right more often than chance. */
export const SMALL_RUN = {
  name: 'pages',
  flora: 'small',
  seed: 3,
  architecture: { name: 'small-cnn', width: 1, imageSize: 48 },
  samplesPerTask: 16,
  tasksPerStep: 1,
  epochs: 6,
  optimizer: { name: 'sgd', learningRate: 0.05, weightDecay: 5e-4, schedule: 'cosine', warmupEpochs: 1 },
  augmentation: { flip: true },
}

/** `photos`: held back. */
type FloraSite = Site & { manifest: Manifest; photos: Photo[] }

/** Publishes what `run` begins with, weights as they are drawn: for tests that do not ask whether a name is right. */
export async function startPublishedSite(
  run = SMALL_RUN,
  data = temporaryFolder(),
): Promise<FloraSite & { model: PublishedModel }> {
  const site = await startFloraSite(data)
  return { ...site, model: await publishUntrained(site, run) }
}

export async function publishUntrained(site: Address, run: typeof SMALL_RUN): Promise<PublishedModel> {
  return call(site, 'POST', `/api/runs/${await openRun(site, run)}/publish`)
}

export type TrainedSite = FloraSite & Pick<RunDetail, 'testEvaluation'>

export async function startTrainedSite(): Promise<TrainedSite> {
  const site = await startFloraSite(temporaryFolder())
  const id = await openRun(site, SMALL_RUN)
  const worker = worldflora(['work', '--url', site.url])
  const { testEvaluation } = await untilMeasured(site, id)
  worker.kill('SIGTERM')
  await call(site, 'POST', `/api/runs/${id}/publish`)
  return { ...site, testEvaluation }
}

async function startFloraSite(data: string): Promise<FloraSite> {
  const site = await startCoordinator(data)
  const herbarium = await bringHerbarium(site, SMALL_RUN.flora, { species: 6 })
  return { ...site, manifest: herbarium.manifest, photos: heldBackPhotos(herbarium) }
}

/** Those that no run is trained on. */
export function heldBackPhotos({ manifest, shards }: Herbarium): Photo[] {
  const photos = readShard(shards.get(manifest.shards.test[0]!.hash)!)
  if (isRejection(photos)) throw new Error(photos.message)
  return photos
}
