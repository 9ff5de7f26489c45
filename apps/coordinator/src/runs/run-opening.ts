/** What POST /api/runs means: a new run, or going on with the unfinished one of that name. */
import { randomBytes } from 'node:crypto'
import type { Manifest } from '@worldflora/dataset/manifest'
import { initialWeights } from '@worldflora/model/parameters'
import { unitExponentFor } from '@worldflora/protocol/gradient-codec'
import { canonicalJson } from '@worldflora/protocol/hash'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { CheckpointRecord, RunRecord } from '../store/store.ts'
import { planOf } from './active-run.ts'
import type { RunBook } from './run-book.ts'
import type { Surroundings } from './surroundings.ts'

export type Opening = { kind: 'new' } | { kind: 'resume'; book: RunBook } | Rejection

export function openingOf(books: Iterable<RunBook>, config: RunConfig): Opening {
  const namesake = [...books].findLast(
    ({ record }) => record.config.name === config.name && record.state !== 'finished',
  )
  if (namesake === undefined) return { kind: 'new' }
  const different = differences(namesake.record.config, config)
  if (different.length === 0) return { kind: 'resume', book: namesake }
  if (namesake.record.state === 'stopped') return { kind: 'new' }
  return reject(
    'other-run-of-that-name',
    `An unfinished run called ${config.name} differs in ${different.join(', ')}.`,
    'Give the new run another name, or stop the unfinished one first.',
  )
}

function differences(a: RunConfig, b: RunConfig): string[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof RunConfig>
  return [...fields].filter(
    (field) => canonicalJson([a[field] ?? null]) !== canonicalJson([b[field] ?? null]),
  )
}

/** A new run's record and its checkpoint of step 0, whose bytes and rows are durable when this resolves. */
export async function makeRun(
  at: Surroundings,
  config: RunConfig,
  flora: { hash: Hash; manifest: Manifest },
): Promise<{ record: RunRecord; first: CheckpointRecord } | Rejection> {
  const { hash, manifest } = flora
  if (!manifest.shards.train.some(({ samples }) => samples > 0)) {
    return reject(
      'no-train-photos',
      `The flora ${config.flora} has no photos to train with.`,
      'Import one with a train split.',
    )
  }
  const plan = planOf(config, manifest)
  const record: RunRecord = {
    id: randomBytes(9).toString('base64url') as RunId,
    config,
    flora: { name: config.flora, hash, species: manifest.species.length },
    unitExponent: unitExponentFor(config.samplesPerTask),
    steps: plan.steps,
    samplesPerEpoch: plan.samples,
    state: 'running',
    reason: null,
  }
  const weights = encodeWeights(initialWeights(config.architecture, record.flora.species, config.seed))
  const first = await at.keeping.add(async () => {
    const blob = await at.blobs.put(weights)
    const base = { blob, bytes: weights.byteLength }
    const checkpoint = { step: 0, checkpoint: blob, base, delta: null, optimizerState: null }
    await at.store.insertRun(record, checkpoint)
    return checkpoint
  })
  return { record, first }
}
