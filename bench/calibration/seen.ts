/** What a network that has learnt from a fold's train photos sees: in all photos of the set, in drawn pictures and in others without a plant. */
import type { Rows } from '@worldflora/model/calibrating'
import type { LookingNetwork } from '@worldflora/model/looking'
import type { Fold } from './folds.ts'

type Picture = { jpeg: Uint8Array }

export type Pictures = { photos: readonly Picture[]; drawn: readonly Picture[]; others: readonly Picture[] }

export type Seen = { features: Rows; logits: Rows; drawn: Rows; others: Rows }

export type Learner = (fold: Fold, nth: number) => Promise<Seen>

/** By features alone. */
export function featuresOf(network: LookingNetwork, { photos, drawn, others }: Pictures) {
  const of = (pictures: readonly Picture[]) => network.look(pictures).features
  return { features: of(photos), drawn: of(drawn), others: of(others) }
}
