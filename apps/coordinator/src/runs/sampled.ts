/** What an epoch of a run has of its flora. Where photos do not all count alike, their labels decide, which are a blob of the flora's. */
import { samplesPerShard } from '@worldflora/dataset/epoch-plan'
import type { Manifest } from '@worldflora/dataset/manifest'
import { type PhotoWeight, photoWeights } from '@worldflora/dataset/sampling'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { Floras } from './floras.ts'

export type Sampled = {
  /** Entries of an epoch. */
  samples: number
  /** undefined: every photo is there once. */
  weightOf: PhotoWeight | undefined
}

/** Rejects what cannot be done with this flora. */
export async function sampledOf(
  floras: Floras,
  config: RunConfig,
  manifest: Manifest,
): Promise<Sampled | Rejection> {
  const fault = faultOfFlora(config, manifest)
  if (fault !== null) return fault
  const weightOf = await weightsOf(floras, config, manifest)
  if (isRejection(weightOf)) return weightOf
  const shardSizes = manifest.shards.train.map(({ samples }) => samples)
  const samples = samplesPerShard(shardSizes, weightOf).reduce((sum, entries) => sum + entries, 0)
  return { samples, weightOf }
}

async function weightsOf(
  floras: Floras,
  { sampling }: RunConfig,
  manifest: Manifest,
): Promise<PhotoWeight | undefined | Rejection> {
  if (sampling === undefined) return undefined
  const labels = await floras.trainLabelsOf(manifest)
  if (isRejection(labels)) return labels
  return photoWeights(labels, manifest.species.length, sampling)
}

function faultOfFlora({ flora, sampling, logitAdjustment }: RunConfig, manifest: Manifest): Rejection | null {
  const { trainLabels, shards } = manifest
  if (!shards.train.some(({ samples }) => samples > 0)) {
    return reject(
      'no-train-photos',
      `The flora ${flora} has no photos to train with.`,
      'Import one with a train split.',
    )
  }
  const field = sampling !== undefined ? 'sampling' : logitAdjustment !== undefined ? 'logitAdjustment' : null
  if (field !== null && trainLabels === undefined) {
    return reject(
      'no-train-labels',
      `The flora ${flora} was imported before it was noted how many photos a species has: there is no ${field} on it.`,
      'Import it again; what is there already is not sent twice.',
    )
  }
  if (sampling?.noisyWeight === undefined || trainLabels!.trusted > 0) return null
  return reject(
    'no-trusted-photos',
    `None of the train photos of ${flora} are trusted, so noisyWeight would weigh all of them alike.`,
    'Take noisyWeight out, or import the flora with a table (--csv) that has a column `trusted`.',
  )
}
