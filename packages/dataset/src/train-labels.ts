/**
 * What is said of each train photo, in one blob beside the shards, so that a run's plan need not open them; and how many each
 * species has, in another, so that a worker need not count. Both are 32-bit numbers, little-endian.
 */
import { hashOf } from '@worldflora/protocol/hash'
import { Hash } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import type { PhotoLabel } from './shard.ts'

const index = v.pipe(v.number(), v.integer(), v.minValue(0))
export const BlobRef = v.object({ hash: Hash, bytes: index })

/** Where they are, as the manifest has it. */
export const TrainLabelsRef = v.object({
  labels: BlobRef,
  counts: BlobRef,
  /** Of so many photos the label is known to be right. */
  trusted: index,
})
export type TrainLabelsRef = v.InferOutput<typeof TrainLabelsRef>

/** In the order of the shards, and of the photos in each. */
export type TrainLabels = {
  readonly photos: number
  speciesOf(photo: number): number
  isTrusted(photo: number): boolean
}

type Label = Pick<PhotoLabel, 'species' | 'trusted'>
type Encoded = { ref: TrainLabelsRef; blobs: { hash: Hash; bytes: Uint8Array }[] }

const WORD = 4

export function encodeTrainLabels(labels: readonly Label[], species: number): Encoded {
  const counts = new Array<number>(species).fill(0)
  for (const label of labels) counts[label.species]!++
  const [ofPhotos, ofSpecies] = [
    // The species, and in the last bit whether it is known to be right.
    labels.map((label) => 2 * label.species + (label.trusted === true ? 1 : 0)),
    counts,
  ].map((numbers) => {
    const bytes = encodeWords(numbers)
    return { hash: hashOf(bytes), bytes }
  }) as [Encoded['blobs'][number], Encoded['blobs'][number]]
  const refOf = ({ hash, bytes }: Encoded['blobs'][number]) => ({ hash, bytes: bytes.length })
  const trusted = labels.filter((label) => label.trusted === true).length
  return {
    ref: { labels: refOf(ofPhotos), counts: refOf(ofSpecies), trusted },
    blobs: [ofPhotos, ofSpecies],
  }
}

export function decodeTrainLabels(
  bytes: Uint8Array,
  { photos, species }: { photos: number; species: number },
): TrainLabels | Rejection {
  const words = decodeWords(bytes, photos)
  if (words === null || words.some((word) => word >>> 1 >= species)) return broken('labels')
  return {
    photos,
    speciesOf: (photo) => words[photo]! >>> 1,
    isTrusted: (photo) => (words[photo]! & 1) === 1,
  }
}

/** Of each species. */
export function decodeTrainCounts(bytes: Uint8Array, species: number): Uint32Array | Rejection {
  return decodeWords(bytes, species) ?? broken('counts')
}

function encodeWords(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(WORD * numbers.length)
  const view = new DataView(bytes.buffer)
  for (const [place, number] of numbers.entries()) view.setUint32(WORD * place, number, true)
  return bytes
}

/** null: there are not so many. */
function decodeWords(bytes: Uint8Array, length: number): Uint32Array | null {
  if (bytes.length !== WORD * length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const words = new Uint32Array(length)
  for (let place = 0; place < length; place++) words[place] = view.getUint32(WORD * place, true)
  return words
}

function broken(what: string): Rejection {
  return reject(
    'invalid-train-labels',
    `The ${what} of the train photos are not those of the flora’s manifest.`,
    'Import the flora again.',
  )
}
