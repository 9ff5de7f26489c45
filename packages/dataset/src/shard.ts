/**
 * A shard: a tar of at most 16 MB (unless one photo is larger) with `index.json` first and then `000000.jpg`, `000001.jpg`, ...
 * Named by the SHA-256 of its bytes, so equal photos must give equal bytes: no clock, no user, no order but the caller's.
 */
import { canonicalJson } from '@worldflora/protocol/hash'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { createTar, parseTar } from 'nanotar'
import * as v from 'valibot'

export const SHARD_BYTES = 16_000_000

const text = v.pipe(v.string(), v.maxLength(200))

/** What the index says of a photo. */
const PhotoLabel = v.object({
  /** Index into the manifest's species. */
  species: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Photos of one plant at one time share it. */
  observation: v.pipe(text, v.minLength(1)),
  organ: v.optional(text),
  license: v.optional(text),
  author: v.optional(text),
  /** The species is known to be right. Of others it is what somebody said. */
  trusted: v.optional(v.boolean()),
})
export type PhotoLabel = v.InferOutput<typeof PhotoLabel>
export type Photo = PhotoLabel & { jpeg: Uint8Array }

const ShardIndex = v.object({
  formatVersion: v.literal(1),
  photos: v.pipe(v.array(PhotoLabel), v.maxLength(1_000_000)),
})

const TAR_BLOCK = 512
const TAR_RECORD = 10_240

export function packShard(photos: Photo[]): Uint8Array {
  const labels = photos.map(({ jpeg: _, ...label }) => label)
  const files = [
    { name: 'index.json', data: canonicalJson({ formatVersion: 1, photos: labels }) },
    ...photos.map((photo, sample) => ({ name: photoName(sample), data: photo.jpeg })),
  ]
  const tar = createTar(files, { attrs: { mtime: 0, uid: 0, gid: 0, mode: '644' } })
  return withEndMark(tar)
}

/** How many bytes a photo adds to its shard, its label in the index included (an upper bound). */
export function shardBytesOf(photo: Photo): number {
  const { jpeg, ...label } = photo
  return 2 * TAR_BLOCK + jpeg.length + new TextEncoder().encode(canonicalJson(label)).length + 1
}

/** The photos' JPEGs are views of `bytes` (of one copy of it, where `bytes` is itself a part of a larger buffer). */
export function readShard(bytes: Uint8Array): Photo[] | Rejection {
  let files: { name: string; data?: Uint8Array }[]
  try {
    // nanotar reads the whole buffer under a view, from its first byte.
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
    files = parseTar(whole)
  } catch {
    return broken('it is not a complete tar file')
  }
  const [first, ...jpegs] = files
  if (first?.name !== 'index.json' || !first.data) return broken('it does not begin with index.json')
  const index = parseIndex(first.data)
  if (isRejection(index)) return broken(index.message)
  if (index.photos.length !== jpegs.length) {
    return broken(`its index names ${index.photos.length} photos, and it holds ${jpegs.length}`)
  }
  const photos: Photo[] = []
  for (const [sample, label] of index.photos.entries()) {
    const file = jpegs[sample]!
    if (file.name !== photoName(sample) || !file.data)
      return broken(`${photoName(sample)} is missing or empty`)
    photos.push({ ...label, jpeg: file.data })
  }
  return photos
}

function parseIndex(bytes: Uint8Array): v.InferOutput<typeof ShardIndex> | Rejection {
  try {
    return parseOrReject(ShardIndex, JSON.parse(new TextDecoder().decode(bytes)), 'index.json')
  } catch {
    return broken('index.json is not JSON')
  }
}

function broken(why: string): Rejection {
  return reject(
    'invalid-shard',
    `This is not a shard: ${why}.`,
    'Fetch it again; if that does not help, import the flora again.',
  )
}

function photoName(sample: number): string {
  return `${String(sample).padStart(6, '0')}.jpg`
}

/** A tar ends with two blocks of zeros; nanotar leaves none where the files happen to fill the last record. */
function withEndMark(tar: Uint8Array): Uint8Array {
  if (tar.subarray(-2 * TAR_BLOCK).every((byte) => byte === 0)) return tar
  const longer = new Uint8Array(tar.length + TAR_RECORD)
  longer.set(tar)
  return longer
}
