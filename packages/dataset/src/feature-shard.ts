/**
 * A shard of features: what a network sees in some photos, with what is known of these, so that a head can be trained on it alone.
 *
 *     "WFF1" | u32 photos | u32 views | u32 dims | u32 bytes of the labels | labels, canonical JSON, filled up with blanks
 *     | float16 [views, photos, dims]
 *
 * Little-endian. Sample v * photos + p is view v of photo p.
 */
import { decodeFloat16, FLOAT16_BYTES, isFiniteFloat16 } from '@worldflora/protocol/float16'
import { canonicalJson } from '@worldflora/protocol/hash'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'

const MAGIC = 0x31464657
const HEADER_BYTES = 20
/** The values begin at a multiple of it. */
const ALIGNMENT = 4
/** Of one photo's label as JSON, with its comma. */
const LABEL_BYTES = 64

/** What a photo's shard says of it, as far as training needs it. */
const FeatureLabel = v.strictObject({
  species: v.pipe(v.number(), v.integer(), v.minValue(0)),
  trusted: v.optional(v.boolean()),
})
export type FeatureLabel = v.InferOutput<typeof FeatureLabel>
const Labels = v.array(FeatureLabel)

export type FeatureShard = {
  labels: FeatureLabel[]
  views: number
  dims: number
  /** float16 [views, photos, dims]. */
  values: Uint8Array
}

export function packFeatureShard({ labels, views, dims, values }: FeatureShard): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(canonicalJson(labels))
  const labelBytes = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT
  const bytes = new Uint8Array(HEADER_BYTES + labelBytes + values.length)
  const header = new DataView(bytes.buffer)
  for (const [place, word] of [MAGIC, labels.length, views, dims, labelBytes].entries()) {
    header.setUint32(4 * place, word, true)
  }
  bytes.fill(0x20, HEADER_BYTES, HEADER_BYTES + labelBytes)
  bytes.set(text, HEADER_BYTES)
  bytes.set(values, HEADER_BYTES + labelBytes)
  return bytes
}

/** The most that a shard of so many photos can have. */
export function largestFeatureShardBytes({
  photos,
  views,
  dims,
}: {
  photos: number
  views: number
  dims: number
}): number {
  return HEADER_BYTES + LABEL_BYTES * (photos + 1) + views * photos * dims * FLOAT16_BYTES
}

export function isFeatureShard(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && headerOf(bytes).getUint32(0, true) === MAGIC
}

/** Its values are a view of `bytes`. */
export function readFeatureShard(bytes: Uint8Array): FeatureShard | Rejection {
  if (!isFeatureShard(bytes)) return broken('it does not begin with WFF1')
  const header = headerOf(bytes)
  const [photos, views, dims, labelBytes] = [4, 8, 12, 16].map((at) => header.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ]
  const needed = HEADER_BYTES + labelBytes + views * photos * dims * FLOAT16_BYTES
  if (bytes.length !== needed) return broken(`it has ${bytes.length} bytes, where its header makes ${needed}`)
  const labels = labelsIn(bytes.subarray(HEADER_BYTES, HEADER_BYTES + labelBytes))
  if (isRejection(labels)) return broken(labels.message)
  if (labels.length !== photos) return broken(`it has ${labels.length} labels of ${photos} photos`)
  const values = bytes.subarray(HEADER_BYTES + labelBytes)
  if (!isFiniteFloat16(values)) return broken('its features are not all finite')
  return { labels, views, dims, values }
}

/** One sample's features; the shard must have it. */
export function featuresAt(
  { labels, dims, values }: FeatureShard,
  sample: number,
): FeatureLabel & { features: Float32Array } {
  const start = sample * dims * FLOAT16_BYTES
  const features = decodeFloat16(values.subarray(start, start + dims * FLOAT16_BYTES))
  return { ...labels[sample % labels.length]!, features }
}

function headerOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
}

function labelsIn(bytes: Uint8Array): FeatureLabel[] | Rejection {
  try {
    return parseOrReject(Labels, JSON.parse(new TextDecoder().decode(bytes)), 'the labels')
  } catch {
    return broken('its labels are not JSON')
  }
}

function broken(why: string): Rejection {
  return reject(
    'invalid-features',
    `This is not a shard of features: ${why}.`,
    'Fetch it again; if that does not help, update the worker.',
  )
}
