/**
 * Scientific names as botany writes them: genus and epithets italic; authorship, rank marks and the hybrid sign upright.
 * What follows the first epithet and begins with a capital or a bracket is authorship, until a rank mark opens the next epithet.
 */
export type NamePart = { text: string; italic: boolean }

const RANK_MARKS = new Set(['subsp.', 'ssp.', 'var.', 'subvar.', 'f.', 'fo.', 'forma', 'sect.', 'ser.'])
const UPRIGHT = new Set(['×', 'x', 'sp.', 'spp.', 'cf.', 'aff.', 'ex', 'et', '&', 'in'])

export function partsOf(scientificName: string): NamePart[] {
  const words = scientificName.trim().split(/\s+/)
  let authorship = false
  const parts: NamePart[] = []
  for (const [i, word] of words.entries()) {
    if (RANK_MARKS.has(word) && i > 1 && opensEpithet(words[i + 1])) authorship = false
    else if (i > 0 && /^[\p{Lu}(]/u.test(word)) authorship = true
    const italic = !authorship && !RANK_MARKS.has(word) && !UPRIGHT.has(word)
    const last = parts.at(-1)
    if (last !== undefined && last.italic === italic) last.text += ` ${word}`
    else parts.push({ text: word, italic })
  }
  return parts
}

/** "f." is a rank mark before an epithet, and part of an author's name (L. f.) otherwise. */
function opensEpithet(word: string | undefined): boolean {
  return word !== undefined && /^\p{Ll}/u.test(word) && !UPRIGHT.has(word) && !RANK_MARKS.has(word)
}
