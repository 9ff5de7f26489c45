/**
 * FE1: features of a split at a checkpoint. Each accepted part becomes a blob; with the last one in, a manifest names them, and
 * a row makes both durable. An order that is not through when the coordinator ends is begun anew: what is there
 * already is the same bytes.
 */
import type { Manifest } from '@worldflora/dataset/manifest'
import { featureCount } from '@worldflora/model/parameters'
import type { Split } from '@worldflora/protocol/evaluation'
import type { FeaturesManifest } from '@worldflora/protocol/features-manifest'
import { canonicalJson } from '@worldflora/protocol/hash'
import type { ShardEntries } from '@worldflora/protocol/messages'
import type { FeaturesOf, OrderFeatures } from '@worldflora/protocol/ordered-features'
import { phaseAt } from '@worldflora/protocol/phases'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { TaskKey } from '../core/events.ts'
import { StorageFault } from '../store/storage-fault.ts'
import type { FeaturesRecord } from '../store/store.ts'
import type { ActiveRun } from './active-run.ts'
import { partsOf, photosIn } from './evaluation-plan.ts'
import { featuresFor, photosPerPart, viewsOf } from './phase-features.ts'
import { reachableAt } from './reachable.ts'
import type { RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'
import type { Surroundings } from './surroundings.ts'

const nameOf = (step: number, split: Split) => `${step}/${split}`
const isOf = (step: number, split: Split) => (record: FeaturesRecord) =>
  record.step === step && record.split === split

type OrderOf = Pick<FeaturesRecord, 'step' | 'split'>

function cutOf({ manifest, book }: ActiveRun, of: OrderOf): { views: number; tasks: ShardEntries[][] } {
  const views = viewsOf(book.record, of)
  return { views, tasks: partsOf(manifest.shards[of.split], photosPerPart(book.record, views)) }
}

/** The core gives its tasks out from now on. */
export function giveOutFeatures(
  { say }: Pick<Surroundings, 'say'>,
  run: ActiveRun,
  { step, split, checkpoint }: FeaturesRecord,
): void {
  const order = { step, split, checkpoint, ...cutOf(run, { step, split }) }
  say({ kind: 'features-ordered', runId: run.book.record.id, order })
}

/** PH2: what the run's phase trains the head on is ordered with its first checkpoint, if it is not there yet. */
export async function orderForPhase(
  at: Surroundings,
  book: RunBook,
  manifest: Manifest,
): Promise<null | Rejection> {
  const { step } = book.checkpoints.at(-1)!
  const phase = phaseAt(phasesOfRun(book.record), step)
  if (phase.train === 'all' || step >= phase.endStep || featuresFor(book, phase) !== undefined) return null
  const ordered = await orderFeatures(at, { book, manifest }, { split: 'train', step })
  return isRejection(ordered) ? ordered : null
}

/** A row that the core is then to be told of; null if it was ordered before. */
export async function orderFeatures(
  at: Surroundings,
  { book, manifest }: Pick<ActiveRun, 'book' | 'manifest'>,
  { split, step }: OrderFeatures,
): Promise<FeaturesRecord | null | Rejection> {
  const wished = step ?? book.checkpoints.at(-1)!.step
  if (book.features.some(isOf(wished, split))) return null
  if (!manifest.shards[split].some(({ samples }) => samples > 0)) {
    return reject(
      'no-photos',
      `The flora ${book.record.flora.name} has no photos in its ${split} split.`,
      'Choose another split.',
    )
  }
  // Between the look and the row nothing is let go of.
  return at.keeping.add(async () => {
    const reachable = reachableAt(book, wished)
    if (isRejection(reachable)) return reachable
    const record = { step: wished, split, checkpoint: reachable.way, result: null }
    await at.store.orderFeatures(book.record.id, record)
    book.features = [...book.features, record]
    return record
  })
}

export function gatherFeatures(at: Surroundings, run: ActiveRun, key: TaskKey, bytes: Uint8Array): void {
  const name = nameOf(key.step, key.split!)
  const parts = run.features.get(name) ?? []
  const stored = at.keeping.add(() => at.blobs.put(bytes)).then((blob) => ({ blob, bytes: bytes.byteLength }))
  // Whoever closes the order awaits it; until then it must not count as unhandled.
  stored.catch(() => {})
  parts[key.task] = stored
  run.features.set(name, parts)
}

/** A reason in words if a part could not be written: then the order is to be begun anew. */
export async function closeFeatures(
  at: Surroundings,
  run: ActiveRun,
  { step, split }: { step: number; split: Split },
): Promise<string | null> {
  const { book } = run
  const { id, config } = book.record
  const ordered = book.features.find(isOf(step, split))
  const gathered = run.features.get(nameOf(step, split)) ?? []
  run.features.delete(nameOf(step, split))
  // The run was rolled back meanwhile, to before this step.
  if (ordered === undefined) return null
  try {
    const parts = await Promise.all(gathered)
    const result = await at.keeping.add(async () => {
      const manifest = manifestOf(run, ordered, parts)
      const bytes = new TextEncoder().encode(canonicalJson(manifest))
      const made = { blob: await at.blobs.put(bytes), bytes: bytes.byteLength }
      const photos = manifest.parts.reduce((sum, part) => sum + part.photos, 0)
      const result = { manifest: made, parts, photos, dims: manifest.dims }
      await at.store.recordFeatures(id, { step, split, result })
      return result
    })
    book.features = book.features.map((record) => (record === ordered ? { ...record, result } : record))
    const words = `${result.photos} photos of the ${split} split, ${result.dims} features each`
    at.journal.note('features-extracted', id, `Features of ${config.name} after step ${step}: ${words}.`)
    at.noteChange()
    return null
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error
    return `Features of step ${step} could not be kept. ${error.words}`
  }
}

function manifestOf(
  run: ActiveRun,
  { step, split, checkpoint }: FeaturesRecord,
  parts: readonly { blob: FeaturesManifest['checkpoint']; bytes: number }[],
): FeaturesManifest {
  const { id, config, flora } = run.book.record
  const dims = featureCount(config.architecture)
  const { views, tasks } = cutOf(run, { step, split })
  return {
    formatVersion: 2,
    kind: 'features',
    run: { id, name: config.name, step },
    checkpoint: checkpoint.checkpoint,
    architecture: config.architecture,
    flora: { name: config.flora, hash: flora.hash },
    split,
    dims,
    dtype: 'float16',
    views,
    parts: tasks.map((entries, task) => ({
      ...parts[task]!,
      photos: photosIn(entries),
      entries,
    })),
  }
}

/** As everybody may see them. */
export function featuresOf({ features }: RunBook): FeaturesOf[] {
  return features.map(({ step, split, checkpoint, result }) => ({
    step,
    split,
    checkpoint: checkpoint.checkpoint,
    result: result && { manifest: result.manifest, photos: result.photos, dims: result.dims },
  }))
}
