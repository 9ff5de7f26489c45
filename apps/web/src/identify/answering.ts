/** From what a model saw on photos to the answer: the same looks are answered again when more is known of the plant. */
import { showsPlant, suggestedOrgan } from '@worldflora/model/calibration'
import type { Look } from '@worldflora/model/prediction'
import { bestOf, fuse } from '@worldflora/model/ranking'
import { ORGANS, type Organ } from '@worldflora/protocol/calibration'
import type { PublishedModel } from '@worldflora/protocol/http'
import type { SpeciesPlaces } from '@worldflora/protocol/places'
import { type Answer, CANDIDATES, kinAnswer, shortlistLength } from './answer.ts'
import type { Narrowed, Narrowing } from './narrowing/narrowing.ts'
import { isHardlyOfChecklist } from './narrowing/narrowing.ts'
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
  const isListed = (index: number) => species[index]!.checklists?.includes(checklist!) ?? false
  // A newer model may not have the list any more.
  const isKept = checklist !== null && species.some((_, index) => isListed(index))
  const prior = place === null || places === null ? null : placePriorAt(place, places)
  const { scores, share } =
    isKept || prior !== null
      ? rescore(fused, { ...(isKept && { isAllowed: isListed }), weights: prior?.weights ?? null })
      : { scores: fused, share: 1 }
  const listed = isKept ? species.filter((_, index) => isListed(index)).length : species.length
  const narrowed: Narrowed | undefined =
    isKept || prior !== null
      ? {
          checklist: isKept ? { name: checklist!, species: listed, share } : null,
          place: prior && { isKnown: prior.isKnown },
        }
      : undefined
  const isOutside = isHardlyOfChecklist(narrowed)
  return {
    candidates: bestOf(scores, Math.min(CANDIDATES, listed)).map(([index, score]) => ({
      species: species[index]!,
      score,
      ...(prior && { presence: prior.presence[index]! }),
    })),
    kin: isOutside ? null : kinAnswer(species, scores, calibration?.rollUp),
    shortlist: isOutside ? null : shortlistLength(species, scores, calibration?.rollUp),
    isPlant: showsPlant(calibration, looks),
    organs: looks.map((look) => organNamed(suggestedOrgan(calibration, look)?.name)),
    ...(narrowed && { narrowed }),
  }
}

/** Another word than ours would be of a newer site. */
function organNamed(name: string | undefined): Organ | null {
  return ORGANS.find((organ) => organ === name) ?? null
}
