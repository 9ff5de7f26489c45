/** Makes a checkpoint the model of /identify: its weights whole, as one blob that stays. */
import { randomBytes } from 'node:crypto'
import type { PublishedModel } from '@worldflora/protocol/http'
import type { CheckpointRef, Evaluation } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { RunBook } from './run-book.ts'
import { runLayout } from './run-layout.ts'
import type { Surroundings } from './surroundings.ts'
import { weightsAt } from './weights-at.ts'

export async function publishCheckpoint(
  at: Surroundings,
  { record, evaluations }: RunBook,
  checkpoint: CheckpointRef,
): Promise<PublishedModel | Rejection> {
  const { config, flora, unitExponent } = record
  const manifest = await at.floras.manifestOf(flora.hash)
  if (isRejection(manifest)) return manifest
  const model = await at.keeping.add(async () => {
    const weights = await weightsAt(at.blobs, checkpoint, runLayout(config, flora.species, unitExponent))
    if (isRejection(weights)) return weights
    const published: PublishedModel = {
      id: randomBytes(9).toString('base64url'),
      run: { id: record.id, name: config.name, step: checkpoint.step },
      flora: { name: flora.name, hash: flora.hash },
      checkpoint: checkpoint.checkpoint,
      weights: { blob: await at.blobs.put(weights), bytes: weights.byteLength },
      architecture: config.architecture,
      species: manifest.species,
      evaluation: evaluationOf(evaluations, checkpoint.step),
      publishedAt: at.clock.date().toISOString(),
    }
    await at.store.publishModel(published)
    return published
  })
  if (isRejection(model)) return model
  at.journal.note('model-published', record.id, `Step ${checkpoint.step} of ${config.name} is the model now.`)
  at.noteChange()
  return model
}

/** The test split's where it was measured: nothing was chosen by it. */
function evaluationOf(evaluations: readonly Evaluation[], step: number): Evaluation | null {
  const own = evaluations.filter((evaluation) => evaluation.step === step)
  return own.find(({ split }) => split === 'test') ?? own.at(-1) ?? null
}
