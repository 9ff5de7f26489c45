/**
 * Weights that a run may begin with, as data: tensors by our names, one behind the other in little-endian single precision, cut
 * into parts that are blobs by their own hash. The manifest is canonical JSON; its SHA-256 names the weights. Neither where
 * they come from nor who brought them is in it: equal weights have equal names.
 */
import * as v from 'valibot'
import { Hash } from './ids.ts'
import { sizeOf } from './parameter-layout.ts'
import { parseOrReject, type Rejection, reject } from './rejection.ts'

/** Room for 300,000 species. */
export const WEIGHTS_MANIFEST_BYTES = 64 << 20
/** What is uploaded comes in parts of so many bytes at most. */
export const WEIGHTS_PART_BYTES = 64 << 20

const FORMAT_VERSION = 1
const extent = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const WeightsManifest = v.pipe(
  v.object({
    formatVersion: v.literal(FORMAT_VERSION),
    kind: v.literal('weights'),
    /** Ids of the head's species, in its order; null if there is no head. */
    species: v.nullable(v.pipe(v.array(text), v.minLength(1), v.maxLength(1_000_000), distinct('species'))),
    tensors: v.pipe(
      v.array(
        v.object({
          name: text,
          shape: v.pipe(
            v.array(extent),
            v.maxLength(8),
            v.check((shape) => Number.isSafeInteger(4 * sizeOf(shape)), 'is too large'),
          ),
        }),
      ),
      v.minLength(1),
      v.maxLength(100_000),
      v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'a tensor is there twice'),
    ),
    parts: v.pipe(
      v.array(v.object({ blob: Hash, bytes: v.pipe(extent, v.multipleOf(4)) })),
      v.minLength(1),
      v.maxLength(65_536),
    ),
  }),
  v.check(({ tensors, parts }) => {
    const needed = tensors.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
    return needed === parts.reduce((sum, { bytes }) => sum + bytes, 0)
  }, 'the parts are not as long as the tensors together'),
)
export type WeightsManifest = v.InferOutput<typeof WeightsManifest>

function distinct(what: string) {
  return v.check((all: string[]) => new Set(all).size === all.length, `two ${what} have the same id`)
}

export function parseWeightsManifest(bytes: Uint8Array): WeightsManifest | Rejection {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return reject('invalid-weights', 'The manifest of the weights is not JSON.', 'Bring the weights again.')
  }
  return parseOrReject(WeightsManifest, value, 'the manifest of the weights')
}
