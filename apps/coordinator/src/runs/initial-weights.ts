/**
 * WT1: what a run's `initialWeights` are when it is opened: weights that were brought, by the hash of their manifest; or those of
 * a published model or a run, by its name. Either way a manifest says them, its hash stands in the run's record, and its blobs stay:
 * the name may come to mean others, the run does not notice. To be called while nothing is let go of.
 */
import type { Manifest } from '@worldflora/dataset/manifest'
import { parameterSpecs } from '@worldflora/model/parameters'
import { type Beginning, beginningWith, readParts } from '@worldflora/model/weights'
import { canonicalJson } from '@worldflora/protocol/hash'
import { Hash } from '@worldflora/protocol/ids'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Architecture, RunConfig } from '@worldflora/protocol/run-config'
import {
  parseWeightsManifest,
  WEIGHTS_MANIFEST_BYTES,
  type WeightsManifest,
} from '@worldflora/protocol/weights-manifest'
import * as v from 'valibot'
import type { BlobRef, InitialWeights } from '../store/store.ts'
import { weightsToPublish } from './averaged-weights.ts'
import type { RunBook } from './run-book.ts'
import type { Surroundings } from './surroundings.ts'

export type BegunWith = Beginning & { pinned: InitialWeights }

type Found = { manifest: WeightsManifest; blob: BlobRef; from: InitialWeights['from'] }

export async function beginWith(
  at: Surroundings,
  books: readonly RunBook[],
  wanted: string,
  { config, flora }: { config: RunConfig; flora: Manifest },
): Promise<BegunWith | Rejection> {
  const found = v.is(Hash, wanted)
    ? await broughtWeights(at, wanted as Hash)
    : await namedWeights(at, books, wanted)
  if (isRejection(found)) return found
  const { manifest, blob, from } = found
  const { architecture, seed } = config
  const run = { architecture, seed, species: flora.species.map(({ id }) => id) }
  const tensors = readParts(manifest, (part) => at.blobs.get(part))
  const beginning = await beginningWith(run, manifest, tensors)
  if (isRejection(beginning)) return beginning
  const { headRows } = beginning
  const pinned = { hash: blob.blob, from, headRows, blobs: [blob, ...manifest.parts] }
  return { ...beginning, pinned }
}

async function broughtWeights({ blobs }: Surroundings, hash: Hash): Promise<Found | Rejection> {
  const bytes = await blobs.size(hash)
  if (bytes === null) {
    return reject('no-weights', `There are no weights ${hash} here.`, 'Bring them: train names a folder.')
  }
  // A blob of this size is no manifest; it is not even read.
  const read = bytes > WEIGHTS_MANIFEST_BYTES ? new Uint8Array(0) : await blobs.get(hash)
  const manifest = parseWeightsManifest(read ?? new Uint8Array(0))
  return isRejection(manifest) ? manifest : { manifest, blob: { blob: hash, bytes }, from: null }
}

async function namedWeights(
  at: Surroundings,
  books: readonly RunBook[],
  name: string,
): Promise<Found | Rejection> {
  const model = await at.store.latestModel()
  if (model?.run.name === name) {
    const { architecture, species, weights, run } = model
    const from = { run: run.id, name, step: run.step }
    return describeWhole(at, { architecture, species: species.map(({ id }) => id), whole: weights, from })
  }
  const book = books.findLast(({ record }) => record.config.name === name)
  return book === undefined ? noSource(books, name) : runsWeights(at, book)
}

async function runsWeights(at: Surroundings, book: RunBook): Promise<Found | Rejection> {
  const { id, config, flora } = book.record
  const manifest = await at.floras.manifestOf(flora.hash)
  if (isRejection(manifest)) return manifest
  const weights = await weightsToPublish(at, book)
  if (isRejection(weights)) return weights
  const whole = { blob: await at.blobs.put(weights), bytes: weights.byteLength }
  const from = { run: id, name: config.name, step: book.checkpoints.at(-1)!.step }
  const species = manifest.species.map((one) => one.id)
  return describeWhole(at, { architecture: config.architecture, species, whole, from })
}

/** A checkpoint in canonical form is already what a manifest describes: all tensors in the layout's order. */
async function describeWhole(
  { blobs }: Surroundings,
  source: { architecture: Architecture; species: string[]; whole: BlobRef; from: InitialWeights['from'] },
): Promise<Found> {
  const { architecture, species, whole, from } = source
  const { entries } = layoutOf(parameterSpecs(architecture, species.length))
  const manifest: WeightsManifest = {
    formatVersion: 1,
    kind: 'weights',
    species,
    tensors: entries.map(({ spec: { name, shape } }) => ({ name, shape: [...shape] })),
    parts: [whole],
  }
  const bytes = new TextEncoder().encode(canonicalJson(manifest))
  return { manifest, blob: { blob: await blobs.put(bytes), bytes: bytes.byteLength }, from }
}

function noSource(books: readonly RunBook[], name: string): Rejection {
  const names = [...new Set(books.map(({ record }) => record.config.name))].join(', ') || 'none'
  return reject(
    'no-weights',
    `There is no published model and no run called ${name} to begin with.`,
    `Runs here: ${names}. A folder is named by the RUN.json that \`train\` is given.`,
  )
}
