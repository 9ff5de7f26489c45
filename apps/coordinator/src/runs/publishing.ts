/** Makes a checkpoint the model of /identify: its weights whole, as one blob, and the shards of their compact form. All of them stay. */
import { randomBytes } from 'node:crypto'
import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { weightsToPublish } from './averaged-weights.ts'
import { putCompact } from './compact-model.ts'
import type { RunBook } from './run-book.ts'
import type { Surroundings } from './surroundings.ts'
import { weightsOfRun } from './weights-at.ts'

/** The run's latest checkpoint. */
export function publishLatest(at: Surroundings, book: RunBook): Promise<PublishedModel | Rejection> {
  const { step } = book.checkpoints.at(-1)!
  return publish(at, book, step, () => weightsToPublish(at, book))
}

/** One that was evaluated. */
export function publishCheckpoint(
  at: Surroundings,
  book: RunBook,
  checkpoint: CheckpointRef,
): Promise<PublishedModel | Rejection> {
  return publish(at, book, checkpoint.step, () => weightsOfRun(at.blobs, book.record, checkpoint))
}

async function publish(
  at: Surroundings,
  { record, evaluations }: RunBook,
  step: number,
  readWeights: () => Promise<Uint8Array<ArrayBuffer> | Rejection>,
): Promise<PublishedModel | Rejection> {
  const { config, flora } = record
  const manifest = await at.floras.manifestOf(flora.hash)
  if (isRejection(manifest)) return manifest
  const model = await at.keeping.add(async () => {
    const weights = await readWeights()
    if (isRejection(weights)) return weights
    const blob = await at.blobs.put(weights)
    const { architecture } = config
    const classes = manifest.species.length
    const compact = await putCompact(at.blobs, weights, { architecture, classes })
    if (isRejection(compact)) return compact
    const published: PublishedModel = {
      id: randomBytes(9).toString('base64url'),
      run: { id: record.id, name: config.name, step },
      flora: { name: flora.name, hash: flora.hash },
      checkpoint: blob,
      weights: { blob, bytes: weights.byteLength },
      compact,
      architecture,
      species: manifest.species,
      evaluation: evaluationOf(evaluations, step),
      publishedAt: at.clock.date().toISOString(),
      places: manifest.places ? { blob: manifest.places.hash, bytes: manifest.places.bytes } : null,
      calibration: null,
    }
    await at.store.publishModel(published)
    at.noteModel(published)
    return published
  })
  if (isRejection(model)) return model
  at.journal.note('model-published', record.id, `Step ${step} of ${config.name} is the model now.`)
  at.noteChange()
  return model
}

/** The test split's where it was measured: nothing was chosen by it. */
function evaluationOf(evaluations: readonly Evaluation[], step: number): Evaluation | null {
  const own = evaluations.filter((evaluation) => evaluation.step === step)
  return own.find(({ split }) => split === 'test') ?? own.at(-1) ?? null
}
