/**
 * Species by what somebody types: every word has to begin a word of one of the species' names, in whatever language, whatever its accents
 * and capitals. Names are folded once, in portions if whoever owns the thread wants so: a flora may have 300,000 species.
 */
import type { Species } from './species.ts'

export type Found = { species: Species[] /** There are others: typing more finds them. */; isMore: boolean }

/** Letters that no decomposition makes plain. */
const PLAIN: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', œ: 'oe', ı: 'i', '×': ' ' }
/** Written without spaces: any part of a name is looked for. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** Plain lower-case words with single spaces between. Most names are plain already: folding the others costs ten times as much. */
export function foldedName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) {
    return name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim()
  }
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[ßłøđæœı×]/g, (letter) => PLAIN[letter]!)
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

export class SpeciesSearch {
  readonly #species: readonly Species[]
  /** Of each species all names, each as `\n name`, so that a space is before every word. */
  readonly #folded: string[] = []

  constructor(species: readonly Species[]) {
    this.#species = species
  }

  /** Folds the names of so many more species; true once there are none left. */
  prepare(most: number): boolean {
    const end = Math.min(this.#species.length, this.#folded.length + most)
    for (let i = this.#folded.length; i < end; i++) this.#folded.push(foldedNames(this.#species[i]!))
    return end === this.#species.length
  }

  /** At most `most`: those first of which a name begins as it was typed, then in the flora's order. Nothing typed finds nothing. */
  find(text: string, most: number): Found {
    const typed = foldedName(text)
    if (typed === '') return { species: [], isMore: false }
    this.prepare(this.#species.length)
    const words = typed.split(' ').map((word) => (UNSPACED.test(word) ? word : ` ${word}`))
    const begins = `\n ${typed}`
    const first: Species[] = []
    const others: Species[] = []
    let matched = 0
    for (const [i, names] of this.#folded.entries()) {
      if (!words.every((word) => names.includes(word))) continue
      matched++
      const ranked = names.includes(begins) ? first : others
      if (ranked.length < most) ranked.push(this.#species[i]!)
    }
    return { species: [...first, ...others].slice(0, most), isMore: matched > most }
  }
}

function foldedNames({ id, scientificName, commonName, commonNames, synonyms }: Species): string {
  const names = [scientificName, id]
  if (commonName !== undefined) names.push(commonName)
  if (commonNames !== undefined) names.push(...Object.values(commonNames).flat())
  if (synonyms !== undefined) names.push(...synonyms)
  return ['', ...names.map(foldedName)].join('\n ')
}
