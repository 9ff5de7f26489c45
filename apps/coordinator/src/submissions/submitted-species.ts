/** Species of submissions, from the published model's flora. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Species } from '@worldflora/protocol/species'
import { SpeciesSearch } from '@worldflora/protocol/species-search'
import type { FoundSpecies, SubmittedSpecies } from '@worldflora/protocol/submissions'

type Flora = Pick<PublishedModel, 'species'>

/** So many species' names are folded before others have their turn. */
const FOLDED_AT_ONCE = 5000
const FOUND = 20

const byIds = new WeakMap<Flora, Map<string, Species>>()
const searches = new WeakMap<Flora, SpeciesSearch>()

/** All that the flora knows of it. */
export function wholeSpeciesOf(model: Flora, id: string): Species | null {
  let byId = byIds.get(model)
  if (byId === undefined) {
    byId = new Map(model.species.map((one) => [one.id, one]))
    byIds.set(model, byId)
  }
  return byId.get(id) ?? null
}

export function speciesOf(model: Flora, id: string): SubmittedSpecies | null {
  const found = wholeSpeciesOf(model, id)
  return found === null ? null : submittedForm(found)
}

/** With one common name: the flora's own, else an English one. */
function submittedForm({ synonyms: _, commonNames, ...species }: Species): SubmittedSpecies {
  const commonName = species.commonName ?? commonNames?.en?.[0]
  return { ...species, ...(commonName === undefined ? {} : { commonName }) }
}

/** For the operator, in the language of their typing. The event loop is given free between portions of a large flora. */
export async function findSpecies(model: Flora, text: string): Promise<FoundSpecies> {
  let search = searches.get(model)
  if (search === undefined) {
    search = new SpeciesSearch(model.species)
    searches.set(model, search)
  }
  while (!search.prepare(FOLDED_AT_ONCE)) await new Promise((resolve) => setImmediate(resolve))
  const { species, isMore } = search.find(text, FOUND)
  return { species: species.map(submittedForm), isMore }
}
