/**
 * A species' names for people. In the page's language, as `fr` or a variety of it (`fr-ca`); where the flora has none there, the name that
 * its importer gave without a language, which may be in any; and last the English ones.
 */
import type { Species } from '@worldflora/protocol/species'

type Named = Pick<Species, 'commonName' | 'commonNames'>

/** `language`: of which the names are; null: nobody has said. The most usual first. */
export type CommonNames = { language: string | null; names: readonly string[] }

/** `language` as in a page's address. */
export function commonNamesOf({ commonName, commonNames = {} }: Named, language: string): CommonNames {
  const namesIn = (wanted: string): CommonNames | null => {
    const tags = [wanted, ...Object.keys(commonNames).filter((tag) => tag.startsWith(`${wanted}-`))]
    const names = [...new Set(tags.flatMap((tag) => commonNames[tag] ?? []))]
    return names.length === 0 ? null : { language: wanted, names }
  }
  const unsaid = commonName === undefined ? null : { language: null, names: [commonName] }
  return namesIn(language) ?? unsaid ?? namesIn('en') ?? { language: null, names: [] }
}

export function commonNameOf(species: Named, language: string): string | undefined {
  return commonNamesOf(species, language).names[0]
}
