/** From what a model saw on photos to the answer: the same looks are answered again when more is known of the plant. */
import { showsPlant, suggestedOrgan } from '@worldflora/model/calibration'
import type { Look } from '@worldflora/model/prediction'
import { bestOf, fuse } from '@worldflora/model/ranking'
import { parseOrgan } from '@worldflora/protocol/calibration'
import type { SpeciesPlaces } from '@worldflora/protocol/places'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Species } from '@worldflora/protocol/species'
import { type Answer, CANDIDATES, kinAnswer, shareOf, shortlistLength } from './answer.ts'
import type { Narrowed, Narrowing } from './narrowing/narrowing.ts'
import { placePriorAt } from './narrowing/place-prior.ts'
import { rescore } from './narrowing/rescore.ts'

export type Seen = {
  model: Pick<PublishedModel, 'species' | 'calibration'>
  /** null: its flora does not say. */
  places: readonly SpeciesPlaces[] | null
  /** Of each photo. */
  looks: readonly Look[]
}

export function answerFrom(
  { model, places, looks }: Seen,
  { checklist, place }: Narrowing,
): Omit<Answer, 'milliseconds'> {
  const { species, calibration } = model
  const fused = fuse(looks.map((look) => look.scores))
  const listed = checklist === null ? null : speciesOf(checklist, species)
  const prior = place === null || places === null ? null : placePriorAt(place, places)
  const isNarrowed = listed !== null || prior !== null
  const { scores, share } = isNarrowed
    ? rescore(fused, { allowed: listed, weights: prior?.weights ?? null })
    : { scores: fused, share: 1 }
  const narrowed: Narrowed = {
    checklist: listed && { name: checklist!, species: listed.size, share },
    place: prior && { isKnown: prior.isKnown },
  }
  return {
    candidates: bestOf(scores, Math.min(CANDIDATES, listed?.size ?? species.length)).map(
      ([index, score]) => ({
        species: species[index]!,
        score: shareOf(score),
        ...(prior && { presence: prior.presence[index]! }),
      }),
    ),
    kin: kinAnswer(species, scores, calibration?.rollUp),
    shortlist: shortlistLength(species, scores, calibration?.rollUp),
    isPlant: showsPlant(calibration, looks),
    organs: looks.map((look) => parseOrgan(suggestedOrgan(calibration, look)?.name)),
    ...(isNarrowed && { narrowed }),
  }
}

/** Those on the list; null: a newer model may not have it any more. */
function speciesOf(checklist: string, species: readonly Species[]): ReadonlySet<number> | null {
  const listed = new Set(
    species.flatMap(({ checklists }, index) => (checklists?.includes(checklist) ? [index] : [])),
  )
  return listed.size > 0 ? listed : null
}
