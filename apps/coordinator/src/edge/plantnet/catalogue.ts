/** The species of a published model as Pl@ntNet's programs know them: lists by name, forms of one species, names of all kinds to it. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Species } from '@worldflora/protocol/species'

export type Catalogue = {
  /** By scientific name. */
  byName: readonly Species[]
  languages: readonly string[]
  /** By any scientific name, with or without its author; null: there is none. */
  find(name: string): Species | null
}

const made = new WeakMap<PublishedModel, Catalogue>()

export function catalogueOf(model: PublishedModel): Catalogue {
  const known = made.get(model)
  if (known !== undefined) return known
  const catalogue = makeCatalogue(model.species)
  made.set(model, catalogue)
  return catalogue
}

function makeCatalogue(species: readonly Species[]): Catalogue {
  const byName = species.toSorted((a, b) => compare(a.scientificName, b.scientificName))
  const languages = new Set(['en'])
  const names = new Map<string, Species>()
  const accepted = (name: string, one: Species) => names.has(keyOf(name)) || names.set(keyOf(name), one)
  // What a species is called now comes before what another was called once.
  for (const one of byName) {
    const { bare, full } = nameOf(one)
    accepted(bare, one)
    accepted(full, one)
    for (const language of Object.keys(one.commonNames ?? {})) languages.add(language)
  }
  for (const one of byName) for (const synonym of one.synonyms ?? []) accepted(synonym, one)
  return { byName, languages: [...languages].sort(), find: (name) => names.get(keyOf(name)) ?? null }
}

/** One that the names are in, or a variety of it; else English, for a program of a browser asks for its user's. */
export function languageOf(model: PublishedModel, asked: string): string {
  const { languages } = catalogueOf(model)
  const [bare] = asked.split('-') as [string]
  const isThere = (lang: string) => languages.includes(lang)
  return [asked, bare].find(isThere) ?? languages.find((lang) => lang.startsWith(`${bare}-`)) ?? 'en'
}

/** Of one name in all the ways it may be typed. */
function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase().replaceAll('×', 'x ').replace(/\s+/g, ' ').trim()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A binomial, and a capital or a bracket behind it with which an author begins. */
const WITH_AUTHOR = /^(\p{Lu}\S* (?:[×x] ?)?\p{Ll}[\p{Ll}-]*) ([\p{Lu}(].*)$/u
const RANK_MARK = / (subsp|ssp|var|subvar|f|fo)\. \p{Ll}/u

/** Darwin Core has the author in the scientific name too, some tables there alone: programs are told the two apart. */
function nameOf({ scientificName, authorship }: Species): { bare: string; author: string; full: string } {
  if (authorship !== undefined) {
    const isInName = scientificName.endsWith(` ${authorship}`)
    const bare = isInName ? scientificName.slice(0, -authorship.length - 1).trimEnd() : scientificName
    return { bare, author: authorship, full: `${bare} ${authorship}`.trimEnd() }
  }
  const [, bare = scientificName, author = ''] =
    (RANK_MARK.test(scientificName) ? null : WITH_AUTHOR.exec(scientificName)) ?? []
  return { bare, author, full: scientificName }
}

/** A language without names here: those in none in particular. */
function commonNamesIn({ commonNames, commonName }: Species, lang: string): string[] {
  const names = commonNames?.[lang] ?? commonNames?.[lang.split('-')[0]!]
  if (names !== undefined) return names
  return commonName === undefined ? [] : [commonName]
}

/** Of a name that has no author here, or is no species'. */
export function taxonForm(name: string) {
  return { scientificNameWithoutAuthor: name, scientificNameAuthorship: '', scientificName: name }
}

/** As in an identification's results. */
export function speciesForm(species: Species, lang: string) {
  const { bare, author, full } = nameOf(species)
  return {
    scientificNameWithoutAuthor: bare,
    scientificNameAuthorship: author,
    scientificName: full,
    commonNames: commonNamesIn(species, lang),
    genus: taxonForm(genusOf(species)),
    family: taxonForm(species.family ?? ''),
  }
}

/** A binomial begins with it. */
export function genusOf({ genus, scientificName }: Species): string {
  return genus ?? scientificName.split(' ')[0]!
}

/** Beside it. The red list's id of a species is not known here: it is empty, for programs read it as text. */
export function idsForm({ gbifId, powoId, iucnCategory }: Species) {
  return {
    gbif: gbifId === undefined ? null : { id: gbifId },
    powo: powoId === undefined ? null : { id: powoId },
    ...(iucnCategory === undefined ? {} : { iucn: { id: '', category: iucnCategory } }),
  }
}

/** As in lists of species. */
export function listedForm(species: Species, lang: string) {
  const { bare, author } = nameOf(species)
  return {
    id: species.id,
    commonNames: commonNamesIn(species, lang),
    scientificNameWithoutAuthor: bare,
    scientificNameAuthorship: author,
    gbifId: species.gbifId ?? null,
    powoId: species.powoId ?? null,
    iucnCategory: species.iucnCategory ?? null,
  }
}
