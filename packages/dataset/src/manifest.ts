/**
 * The flora's manifest: its species, and the shards of each split. The SHA-256 of the encoded manifest is the flora's hash;
 * a run pins it. Holds nothing of a machine or a clock, so importing the same folder twice gives the same bytes (SD3).
 */
import { canonicalJson } from '@worldflora/protocol/hash'
import { Hash, Slug } from '@worldflora/protocol/ids'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { Species } from '@worldflora/protocol/species'
import * as v from 'valibot'
import { BlobRef, TrainLabelsRef } from './train-labels.ts'

export { Species }

const FORMAT_VERSION = 1
const index = v.pipe(v.number(), v.integer(), v.minValue(0))
const count = v.pipe(v.number(), v.integer(), v.minValue(1))

export const ShardRef = v.object({
  /** SHA-256 of the shard's bytes. */
  hash: Hash,
  bytes: count,
  samples: count,
  /** Photos of each observation in the shard's order (val and test only): evaluation is cut at observation borders. */
  observations: v.optional(v.array(count)),
})
export type ShardRef = v.InferOutput<typeof ShardRef>

/** Length of a stored photo's shorter side in pixels; less where the original was smaller. */
export const StoredSize = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(4096))

export const Manifest = v.object({
  formatVersion: v.literal(FORMAT_VERSION),
  name: Slug,
  storedSize: StoredSize,
  /** A photo's species is an index into this list. */
  species: v.pipe(
    v.array(Species),
    v.minLength(1, 'a flora has at least one species'),
    v.check(
      (all) => new Set(all.map((one) => one.id)).size === all.length,
      'every species needs an id of its own',
    ),
  ),
  shards: v.object({
    train: v.array(ShardRef),
    val: v.array(ShardRef),
    test: v.array(ShardRef),
  }),
  /** Absent in floras that were imported before there was any use for it. */
  trainLabels: v.optional(TrainLabelsRef),
  /** Where the species have been met, as squares (protocol/places); absent where nobody has said. */
  places: v.optional(BlobRef),
  /** Photos per licence, as the importer was told. */
  licences: v.optional(v.record(v.string(), index)),
})
export type Manifest = v.InferOutput<typeof Manifest>

export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(manifest))
}

export function parseManifest(bytes: Uint8Array): Manifest | Rejection {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return reject('invalid-manifest', 'The manifest is not JSON.', 'Import the flora again.')
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    return reject(
      'newer-manifest',
      `The manifest has format version ${version}; this program knows ${FORMAT_VERSION}.`,
      'Update Worldflora, or import the flora again with this version.',
    )
  }
  const manifest = parseOrReject(Manifest, value, 'the manifest')
  if (isRejection(manifest)) return manifest
  const cut = [...manifest.shards.val, ...manifest.shards.test].find((shard) => !bordersFit(shard))
  if (cut) {
    return reject(
      'invalid-manifest',
      `The observations of shard ${cut.hash} do not add up to its ${cut.samples} photos.`,
      'Import the flora again.',
    )
  }
  return manifest
}

function bordersFit(shard: ShardRef): boolean {
  return !shard.observations || shard.observations.reduce((sum, photos) => sum + photos, 0) === shard.samples
}
