/** A recipe, trained through the platform on a fold's train photos. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bringWeights } from '@worldflora/cli/bring-weights'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { openLookingNetwork } from '@worldflora/model/looking'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { weightsAt } from '../accuracy/weights-at.ts'
import { accept } from '../platform/accept.ts'
import { runToEnd } from '../platform/run-to-end.ts'
import { type Fold, observationsIn } from './folds.ts'
import type { PhotoSet } from './real-photos.ts'
import { featuresOf, type Learner, type Pictures } from './seen.ts'

export type Training = {
  client: OperatorClient
  /** Without the name, flora and weights of a run of its own. */
  recipe: RunConfig
  weights: string
  /** Rejects when nobody computes any more. */
  failed: Promise<never>
  say(line: string): void
}

export function trainedLearner(
  { client, recipe, weights, failed, say }: Training,
  folder: string,
  set: PhotoSet,
  pictures: Pictures,
): Learner {
  const { architecture } = recipe
  return async (fold, nth) => {
    const flora = `${set.name}-fold-${nth}`
    await bringFold(client, flora, folder, { set, fold })
    const brought = await bringWeights(client, weights, architecture)
    const name = `${flora}-${Date.now().toString(36)}`
    const config = { ...recipe, name, flora, initialWeights: brought.hash }
    const { status } = await Promise.race([runToEnd(client, config, say), failed])
    const network = openLookingNetwork({
      architecture,
      classes: set.species.length,
      weights: await weightsAt(client, status.id, status.step),
    })
    const { logits } = network.look(pictures.photos, { logits: true })
    const seen = { ...featuresOf(network, pictures), logits }
    network.dispose()
    return seen
  }
}

/** The folder as a flora whose splits are the fold's. */
async function bringFold(
  client: OperatorClient,
  name: string,
  folder: string,
  { set, fold }: { set: PhotoSet; fold: Fold },
): Promise<void> {
  const csv = join(tmpdir(), `${name}-${process.pid}.csv`)
  await writeFile(csv, inSplits(await readFile(join(folder, 'observations.csv'), 'utf8'), set, fold))
  try {
    const imported = await importImageFolder({
      folder,
      csv,
      name,
      writeShard: async (hash, bytes) => void accept(await client.putBlob(hash, bytes)),
    })
    accept(await client.putFlora(accept(imported).manifest))
  } finally {
    await rm(csv)
  }
}

/** Of a table without quoted commas. */
function inSplits(table: string, set: PhotoSet, { validation, held }: Fold): string {
  const observations = observationsIn(set)
  const splits = new Map([
    ...validation.map((photo) => [observations[photo]!, 'val'] as const),
    ...held.map((photo) => [observations[photo]!, 'test'] as const),
  ])
  const [header, ...rows] = table
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  const [species, observation, split] = ['species', 'observation', 'split'].map((name) =>
    header!.indexOf(name),
  )
  const index = new Map(set.species.map(({ id }, n) => [id as string, n]))
  for (const row of rows) {
    row[split!] = splits.get(`${index.get(row[species!]!)} ${row[observation!]}`) ?? 'train'
  }
  return [header!, ...rows].map((row) => row.join(',')).join('\n')
}
