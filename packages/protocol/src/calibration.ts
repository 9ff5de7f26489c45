/**
 * What a published model knows of its own answers, fitted on photos that it was not trained on: how sure a score is, when a genus or family
 * is the better answer, whether there is a plant at all, which organ a photo shows. Comes some time after publication.
 */
import * as v from 'valibot'
import { Hash } from './ids.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

/** Scores from which on an answer is given; null: never, for it was not right often enough. */
export const RollUp = v.object({
  species: v.nullable(share),
  genus: v.nullable(share),
  family: v.nullable(share),
  /** The best few species together. */
  shortlist: v.nullable(share),
})
export type RollUp = v.InferOutput<typeof RollUp>

export const PlantCheck = v.object({
  /** A photo whose plant score is below is taken to show none. */
  threshold: v.number(),
  /** Shares of what was refused, each measured on pictures that the check was not fitted on. */
  plantsRefused: share,
  nonPlantsRefused: share,
  plants: count,
  /** Drawn by a generator; how it does on others, docs/results.md says. */
  nonPlants: count,
})
export type PlantCheck = v.InferOutput<typeof PlantCheck>

/** What a photo of a plant may show. */
export const ORGANS = ['leaf', 'flower', 'fruit', 'bark', 'habit'] as const
export type Organ = (typeof ORGANS)[number]

/** null: another word, such as one of a newer site. */
export function parseOrgan(word: string | null | undefined): Organ | null {
  return ORGANS.find((organ) => organ === word) ?? null
}

export const OrganCheck = v.object({
  names: v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.minLength(2), v.maxLength(16)),
  /** Of so many photos that were not fitted on, this share was right. */
  right: share,
  photos: count,
})
export type OrganCheck = v.InferOutput<typeof OrganCheck>

export const Calibration = v.object({
  /** Scores are softmax(logits / temperature). null: the model's own, softmax(logits). */
  temperature: v.nullable(v.pipe(v.number(), v.gtValue(0))),
  rollUp: v.nullable(RollUp),
  plantCheck: v.nullable(PlantCheck),
  organs: v.nullable(OrganCheck),
  /**
   * A blob of float32: of the plant check, then of each organ, a weight for each feature that goes into the network's head, and a bias.
   * null if there is neither.
   */
  heads: v.nullable(v.object({ blob: Hash, bytes: count, features: count })),
  /** Of the validation photos, each measured with a temperature from the others. null without a temperature. */
  measured: v.nullable(
    v.object({
      photos: count,
      /** Expected calibration error, ten bins. */
      ece: share,
      /** Of a perfectly calibrated model with these scores and as many photos. */
      eceFloor: share,
      /** The share of the photos that a species, genus or family was named for, and how much of that was right. */
      named: share,
      namedRight: share,
    }),
  ),
  /** What could not be fitted and why, a sentence each. */
  lacking: v.array(v.pipe(v.string(), v.maxLength(300))),
})
export type Calibration = v.InferOutput<typeof Calibration>
