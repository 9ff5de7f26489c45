/** What somebody says that their plant is. */
import type { Species } from '@worldflora/protocol/species'

export type Said = { kind: 'species'; species: Species } | { kind: 'none' }

export function isSaid(said: Said | null, id: string): boolean {
  return said?.kind === 'species' && said.species.id === id
}
