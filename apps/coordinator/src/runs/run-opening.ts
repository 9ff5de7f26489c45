/** What POST /api/runs means: a new run, or going on with the unfinished one of that name. */
import { randomBytes } from 'node:crypto'
import type { Manifest } from '@worldflora/dataset/manifest'
import { initialWeights } from '@worldflora/model/parameters'
import { unitExponentFor } from '@worldflora/protocol/gradient-codec'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import { phasesOf } from '@worldflora/protocol/phases'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { type CheckpointRecord, DEFAULT_SETTINGS, type RunRecord } from '../store/store.ts'
import { differences } from './config-changes.ts'
import { beginWith } from './initial-weights.ts'
import { IMAGES_PER_PART } from './phase-features.ts'
import type { RunBook } from './run-book.ts'
import { sampledOf } from './sampled.ts'
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

/** A fork is a new run: it never goes on with an old one. */
export function unfinishedNamesake(books: Iterable<RunBook>, name: string): Rejection | null {
  const isTaken = [...books].some(
    ({ record }) => record.config.name === name && (record.state === 'running' || record.state === 'paused'),
  )
  if (!isTaken) return null
  return reject(
    'other-run-of-that-name',
    `There is an unfinished run called ${name}.`,
    'Give the fork another name.',
  )
}

/** A new run's record and its checkpoint of step 0, whose bytes and rows are durable when this resolves. */
export async function makeRun(
  at: Surroundings,
  books: readonly RunBook[],
  { config, hash, manifest }: { config: RunConfig; hash: Hash; manifest: Manifest },
): Promise<{ record: RunRecord; first: CheckpointRecord } | Rejection> {
  const sampled = await sampledOf(at.floras, config, manifest)
  if (isRejection(sampled)) return sampled
  const pinned = { name: config.flora, hash, species: manifest.species.length }
  return at.keeping.add(async () => {
    const begun = await weightsOfStart(at, books, config, manifest)
    if (isRejection(begun)) return begun
    const record: RunRecord = {
      ...newRecord(config, pinned, sampled.samples),
      initialWeights: begun.pinned,
    }
    const weights = encodeWeights(begun.weights)
    const blob = await at.blobs.put(weights)
    const base = { blob, bytes: weights.byteLength }
    const first = { step: 0, checkpoint: blob, base, delta: null, optimizerState: null }
    await at.store.insertRun(record, first)
    return { record, first }
  })
}

async function weightsOfStart(
  at: Surroundings,
  books: readonly RunBook[],
  config: RunConfig,
  flora: Manifest,
): Promise<{ weights: Float32Array; pinned: RunRecord['initialWeights'] } | Rejection> {
  const { architecture, seed, initialWeights: wanted } = config
  if (wanted !== undefined) return beginWith(at, books, wanted, { config, flora })
  return { weights: initialWeights(architecture, flora.species.length, seed), pinned: null }
}

export function newRecord(config: RunConfig, flora: RunRecord['flora'], samplesPerEpoch: number): RunRecord {
  return {
    id: randomBytes(9).toString('base64url') as RunId,
    config,
    flora,
    unitExponent: unitExponentOf(config),
    steps: stepsOf(config, samplesPerEpoch),
    samplesPerEpoch,
    state: 'running',
    reason: null,
    origin: null,
    rollbacks: [],
    settings: DEFAULT_SETTINGS,
    initialWeights: null,
    imagesPerPart: IMAGES_PER_PART,
  }
}

/** Of all its phases. */
export function stepsOf(config: RunConfig, samplesPerEpoch: number): number {
  return phasesOf(config, samplesPerEpoch).at(-1)!.endStep
}

/** One for all phases: that of the largest tasks. */
export function unitExponentOf({ samplesPerTask, phases = [] }: RunConfig): number {
  return unitExponentFor(Math.max(samplesPerTask, ...phases.map((phase) => phase.samplesPerTask ?? 0)))
}
