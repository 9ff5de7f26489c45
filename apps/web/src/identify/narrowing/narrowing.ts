/** What somebody who asks knows of a plant beside its photos. It stays in the page, and is gone with it. */
import type { Point } from '@worldflora/protocol/places'

export type Narrowing = {
  /** Only species of this list of the flora; null: all. */
  checklist: string | null
  /** Where it stood; null: nobody says. */
  place: Point | null
}

export const UNNARROWED: Narrowing = { checklist: null, place: null }

/** What is known of a species around a place. `untold`: the flora does not say where it grows, or nobody has been there. */
export type Presence = 'here' | 'elsewhere' | 'untold'

/** How an answer was narrowed. */
export type Narrowed = {
  /** `share`: what the species of the list had of the score together before all others were left out. */
  checklist: { name: string; species: number; share: number } | null
  /** `isKnown` false: the flora has no sighting from around there, so nothing is different. */
  place: { isKnown: boolean } | null
}

/** The list has so little of the score that the plant is hardly one of its. */
const HARDLY = 0.15

export function isHardlyOf({ share }: NonNullable<Narrowed['checklist']>): boolean {
  return share < HARDLY
}
