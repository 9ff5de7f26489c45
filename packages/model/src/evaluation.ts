/**
 * How well a checkpoint names photos: one row a photo, with running statistics and the centre crop (or several). What the rows amount to
 * is in `metrics.ts`.
 */
import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { CropCount } from './photo/crops.ts'
import { decodedAt } from './photo/decoded-at.ts'
import { createPredictor } from './prediction.ts'
import { bestOf, fuse, rankOf } from './ranking.ts'

export type EvaluationPhoto = { jpeg: Uint8Array; species: number; observation: string }
type Row = EvaluateResult['photos'][number]
type Asked = { batch: readonly EvaluationPhoto[]; answers: Promise<Float32Array[]> }

/** Of images: crops of photos. */
const BATCH = 32
const BEST = 5

/**
 * An observation's photos stand together (import and plan keep them so); the fused answer is on the first of them. Needs an open
 * backend and decoder. Throws on a photo that cannot be decoded: import let only photos in that can.
 */
export async function evaluatePhotos(work: {
  architecture: Architecture
  classes: number
  weights: Float32Array
  photos: readonly EvaluationPhoto[]
  crops?: CropCount | undefined
  /** Called after each batch with the number of photos done so far. */
  onProgress?: (images: number) => void
}): Promise<EvaluateResult> {
  const { photos, crops = 1, onProgress } = work
  const photosAtOnce = Math.floor(BATCH / crops)
  const predictor = createPredictor(work)
  const fusion = new ObservationFusion()
  const rows: Row[] = []
  /** The batch before: its answers come back from a GPU while the next photos are decoded. */
  let asked: Asked | null = null
  const take = async ({ batch, answers }: Asked) => {
    const own = await answers
    for (const [index, photo] of batch.entries()) {
      const row = rowOf(photo, own[index]!)
      fusion.add(row, own[index]!)
      rows.push(row)
    }
    onProgress?.(rows.length)
  }
  try {
    for (let start = 0; start < photos.length; start += photosAtOnce) {
      const batch = photos.slice(start, start + photosAtOnce)
      const answers = predictor.predict(batch.map(({ jpeg }, index) => decodedAt(jpeg, start + index)))
      const before: Asked | null = asked
      asked = { batch, answers }
      if (before !== null) await take(before)
    }
    if (asked !== null) await take(asked)
  } finally {
    await asked?.answers.catch(() => {})
    predictor.dispose()
  }
  fusion.close()
  return { photos: rows }
}

/** Gathers the answers to one observation's photos, and notes the fused one on the first when the next observation begins. */
class ObservationFusion {
  #first: Row | undefined
  #answers: Float32Array[] = []

  add(row: Row, answer: Float32Array): void {
    if (row.observation !== this.#first?.observation || row.species !== this.#first.species) {
      this.close()
      this.#first = row
    }
    this.#answers.push(answer)
  }

  close(): void {
    if (this.#first !== undefined) this.#first.fused = answerOf(this.#first.species, fuse(this.#answers))
    this.#first = undefined
    this.#answers = []
  }
}

function rowOf({ species, observation }: EvaluationPhoto, answer: Float32Array): Row {
  return { species, observation, ...answerOf(species, answer) }
}

function answerOf(species: number, probabilities: Float32Array): NonNullable<Row['fused']> {
  return {
    rank: rankOf(species, probabilities),
    probability: probabilities[species]!,
    best: bestOf(probabilities, BEST),
  }
}
