/** Reference photos by what they show: the parts that one's own photos show first, then the others in their usual order. */
import { ORGANS, type Organ, parseOrgan } from '@worldflora/protocol/calibration'
import type { ReferencePhotos } from '@worldflora/protocol/reference-photos'

export type ReferencePhoto = ReferencePhotos['photos'][number]

/** `organ` null: something else, or nobody has said. */
export type OrganGroup = { organ: Organ | null; photos: ReferencePhoto[] }

export function organGroupsOf(
  photos: readonly ReferencePhoto[],
  own: readonly (Organ | null)[],
): OrganGroup[] {
  const organOf = (photo: ReferencePhoto) => parseOrgan(photo.organ?.trim().toLowerCase())
  const order = new Set<Organ | null>([...own.filter((organ) => organ !== null), ...ORGANS, null])
  return [...order]
    .map((organ) => ({ organ, photos: photos.filter((photo) => organOf(photo) === organ) }))
    .filter((group) => group.photos.length > 0)
}
