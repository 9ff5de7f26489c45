/** Where a species stands in the catalogues of the world, by its id there. An id that cannot be one leads nowhere. */
import type { Species } from '@worldflora/protocol/species'

export function gbifAddressOf({ gbifId = '' }: Pick<Species, 'gbifId'>): string | null {
  return /^\d{1,12}$/.test(gbifId) ? `https://www.gbif.org/species/${gbifId}` : null
}

/** `77108956-1`, or with the name of its registry before it: `urn:lsid:ipni.org:names:77108956-1`. */
export function powoAddressOf({ powoId = '' }: Pick<Species, 'powoId'>): string | null {
  return /^(urn:lsid:ipni\.org:names:)?\d{1,12}-\d{1,3}$/.test(powoId)
    ? `https://powo.science.kew.org/taxon/${powoId}`
    : null
}
