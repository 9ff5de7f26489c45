/**
 * DU5: what can be read of a run's checkpoints when its latest cannot. There may be another way to it (a base that was written
 * ahead, a milestone); else the run goes back to the newest checkpoint that is whole, with its optimizer state, and computes
 * the steps since then again: to the same bytes, for a step is a pure function of the checkpoint before.
 */

import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BlobStore } from '../store/blob-store.ts'
import type { CheckpointRecord, FeaturesRecord, PendingEvaluation, RunRecord } from '../store/store.ts'
import type { ActiveRun } from './active-run.ts'
import { chainOf, wayOfWhole, waysTo } from './checkpoint-chain.ts'
import { backAt, openOrders, type RunBook } from './run-book.ts'
import type { Surroundings } from './surroundings.ts'
import { weightsOfRun } from './weights-at.ts'

export type Stores = Pick<Surroundings, 'store' | 'blobs' | 'optimizerStates' | 'keeping'>

/** Without loss of steps, if `to` is `from`; `features`: those that are gone, with what they came to. */
export type Mended = { from: number; to: number; features: FeaturesRecord[] }

type Way = { way: CheckpointRef; optimizerState: Hash | null }

/** The run does nothing meanwhile. Its book and its rows change together; whatever fails on the way changes nothing. */
export async function mendRun(at: Stores, book: RunBook): Promise<Mended | Rejection> {
  const from = book.checkpoints.at(-1)!.step
  const { features } = book
  const { limit, lostFeatures } = await mendOrders(at, book)
  for (const { way, optimizerState } of waysOf(book)) {
    if (way.step >= limit) continue
    const start = await startFrom(at, book.record, { way, optimizerState })
    if (start === null) continue
    if (isStart(book, way.step) && from - way.step > STEPS_LOST_TO_START_ANEW) break
    await at.keeping.add(() => goBackTo(at, book, start, lostFeatures))
    const isGone = ({ step, split }: FeaturesRecord) =>
      !book.features.some((kept) => kept.step === step && kept.split === split)
    return { from, to: way.step, features: features.filter(isGone) }
  }
  return beyondMending(book)
}

/** From the very start a run is not begun again without the operator's word, if more than these steps would be lost. */
const STEPS_LOST_TO_START_ANEW = 20

const isStart = ({ milestones }: RunBook, step: number) => milestones[0]?.step === step

type OrdersMended = {
  /** The first step whose checkpoint cannot be evaluated any more: it is computed again. */
  limit: number
  /** Those are not ordered again by computing their step again. */
  lostFeatures: PendingEvaluation[]
}

/** Open orders get a way that can be read. */
async function mendOrders(at: Stores, book: RunBook): Promise<OrdersMended> {
  const mended: OrdersMended = { limit: Number.POSITIVE_INFINITY, lostFeatures: [] }
  const isEvaluation = new Set(book.pending)
  for (const order of openOrders(book)) {
    const { step, checkpoint } = order
    if (!isRejection(await weightsOfRun(at.blobs, book.record, checkpoint))) continue
    const way = await firstSound(at, book, checkpoint)
    if (way !== null) await reroute(at, book, way)
    else if (isEvaluation.has(order)) mended.limit = Math.min(mended.limit, step)
    else mended.lostFeatures.push(order)
  }
  return mended
}

export async function reroute(at: Stores, book: RunBook, way: CheckpointRef): Promise<void> {
  await at.keeping.add(() => at.store.rerouteOrders(book.record.id, way))
  const isOf = ({ step, checkpoint }: PendingEvaluation) =>
    step === way.step && checkpoint.checkpoint === way.checkpoint
  book.pending = book.pending.map((one) => (isOf(one) ? { ...one, checkpoint: way } : one))
  book.features = book.features.map((one) =>
    isOf(one) && one.result === null ? { ...one, checkpoint: way } : one,
  )
}

/** The way to a checkpoint that can be read, the newest first. */
export async function firstSound(
  at: Stores,
  book: RunBook,
  { step, checkpoint }: { step: number; checkpoint: Hash },
): Promise<CheckpointRef | null> {
  for (const { way } of waysOf(book)) {
    if (way.step !== step || way.checkpoint !== checkpoint) continue
    if (!isRejection(await weightsOfRun(at.blobs, book.record, way))) return way
  }
  return null
}

/** The newest first; of the same step, the shortest. */
function waysOf({ checkpoints, milestones }: RunBook): Way[] {
  const ways = checkpoints.flatMap(({ optimizerState }, place) =>
    waysTo(checkpoints.slice(0, place + 1)).map((way) => ({ way, optimizerState })),
  )
  for (const milestone of milestones) {
    ways.push({ way: wayOfWhole(milestone), optimizerState: milestone.optimizerState })
  }
  return ways.sort((a, b) => b.way.step - a.way.step || a.way.deltas.length - b.way.deltas.length)
}

/** The checkpoint whole, as the only one that is kept; null if it or its optimizer state cannot be read. */
async function startFrom(
  { blobs, optimizerStates }: Stores,
  run: RunRecord,
  { way, optimizerState }: Way,
): Promise<(CheckpointRecord & { weights: Uint8Array }) | null> {
  const { step, checkpoint } = way
  if (step > 0 && optimizerState === null) return null
  const weights = await weightsOfRun(blobs, run, way)
  if (isRejection(weights)) return null
  if (optimizerState !== null && (await optimizerStates.get(optimizerState)) === null) return null
  const base = { blob: checkpoint, bytes: weights.byteLength }
  return { step, checkpoint, base, delta: null, optimizerState, weights }
}

async function goBackTo(
  at: Stores,
  book: RunBook,
  { weights, ...to }: CheckpointRecord & { weights: Uint8Array },
  lostFeatures: readonly PendingEvaluation[],
): Promise<void> {
  const isBack = to.step < book.checkpoints.at(-1)!.step
  const state = isBack && book.record.state === 'finished' ? 'running' : book.record.state
  await at.blobs.put(weights)
  await backAt(at.store, book, { run: { ...book.record, state }, to, lostFeatures })
}

/** Why something that was ordered cannot be computed; null if all can. */
export async function ordersFault(
  { blobs }: Pick<Stores, 'blobs'>,
  { book }: Pick<ActiveRun, 'book'>,
): Promise<Rejection | null> {
  for (const { checkpoint } of openOrders(book)) {
    const weights = await weightsOfRun(blobs, book.record, checkpoint)
    if (isRejection(weights)) return weights
  }
  return null
}

/** Whether a checkpoint that workers are sent to is damaged, and which of the shards are. */
export async function damagedBlobs(
  blobs: BlobStore,
  book: RunBook,
  shards: readonly Hash[],
): Promise<{ weights: boolean; photos: Hash[] }> {
  const ways = [chainOf(book.checkpoints), ...openOrders(book).map(({ checkpoint }) => checkpoint)]
  const named = new Set(ways.flatMap(({ base, deltas }) => [base.blob, ...deltas.map(({ blob }) => blob)]))
  return {
    weights: (await damagedOf(blobs, named)).length > 0,
    photos: await damagedOf(blobs, new Set(shards)),
  }
}

async function damagedOf(blobs: BlobStore, hashes: ReadonlySet<Hash>): Promise<Hash[]> {
  const damaged: Hash[] = []
  for (const hash of hashes) if ((await blobs.get(hash)) === null) damaged.push(hash)
  return damaged
}

export function mendedWords({ record }: RunBook, { from, to, features }: Mended): string {
  const { name } = record.config
  const mended =
    from === to
      ? `A damaged checkpoint of ${name} (step ${from}) was put together again from what is whole.`
      : `The checkpoint of ${name} after step ${from} is damaged: it goes on from step ${to}, and will come to the same bytes.`
  if (features.length === 0) return mended
  const gone = features.map(({ step, split }) => `of the ${split} split after step ${step}`).join(', ')
  return `${mended} Features ${gone} are gone with it: order them again.`
}

export function photosLost(flora: string, shards: readonly Hash[]): string {
  return `${shards.length} shards of the flora ${flora} are missing or damaged on the coordinator’s disk, the first is ${shards[0]}. Import the flora again, which sends what is missing, then resume the run.`
}

function beyondMending({ record, checkpoints }: RunBook): Rejection {
  const { step, checkpoint } = checkpoints.at(-1)!
  return reject(
    'damaged-checkpoint',
    `The checkpoint of step ${step} of ${record.config.name} (${checkpoint}) cannot be read, nor one shortly before it: the disk has lost or damaged them.`,
    'Restore the folders blobs/ and optimizer-states/ of the data folder from a backup and resume the run, or roll it back to an earlier checkpoint.',
  )
}
