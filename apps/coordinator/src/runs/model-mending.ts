/** DU5: the model of /identify, whose blobs a disk has damaged, made again from what is whole. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import type { BlobStore } from '../store/blob-store.ts'
import { putCompact } from './compact-model.ts'
import { firstSound, type Stores } from './mending.ts'
import type { RunBook } from './run-book.ts'
import { weightsOfRun } from './weights-at.ts'

/** Whether all is there that the model of /identify is read from. */
export async function isModelWhole(
  blobs: Pick<BlobStore, 'get'>,
  { weights, compact }: PublishedModel,
): Promise<boolean> {
  for (const { blob } of [weights, ...(compact?.shards ?? [])]) {
    if ((await blobs.get(blob)) === null) return false
  }
  return true
}

/** The model of /identify made again from its weights, these from its run's checkpoints; false if no way leads there any more. */
export async function mendModel(
  at: Stores,
  books: Iterable<RunBook>,
  model: PublishedModel,
): Promise<boolean> {
  const { weights, compact, architecture, species } = model
  if ((await at.blobs.get(weights.blob)) === null && !(await mendWeights(at, books, model))) return false
  if (compact === null) return true
  await putCompact(at.blobs, (await at.blobs.get(weights.blob))!, { architecture, classes: species.length })
  return isModelWhole(at.blobs, model)
}

async function mendWeights(
  at: Stores,
  books: Iterable<RunBook>,
  { run, checkpoint }: PublishedModel,
): Promise<boolean> {
  const book = [...books].find(({ record }) => record.id === run.id)
  if (book === undefined) return false
  const way = await firstSound(at, book, { step: run.step, checkpoint })
  if (way === null) return false
  const weights = await weightsOfRun(at.blobs, book.record, way)
  if (isRejection(weights)) return false
  await at.blobs.put(weights)
  return true
}
