/** A species' name for people, in the page's language where it has one there; else the one its flora gives first. */
import type { Species } from '@worldflora/protocol/http'

type Named = Pick<Species, 'commonName' | 'commonNames'>

/** `language` as in a page's address: `pt` also finds names of `pt-br`. */
export function commonNameOf({ commonName, commonNames = {} }: Named, language: string): string | undefined {
  const regional = Object.keys(commonNames).find((tag) => tag.startsWith(`${language}-`))
  const names = commonNames[language] ?? (regional === undefined ? [] : commonNames[regional])
  return names?.[0] ?? commonName
}
