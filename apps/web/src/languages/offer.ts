/**
 * Whether a visitor is offered the page in another language: the one their browser asks for, if it is not this page's.
 * Whoever has declined, or has gone to another language by themselves, is not asked again.
 */
import { isLanguage, type Language } from './languages.ts'

const KEY = 'worldflora:language'
const DECIDED = 'decided'

type Kept = Pick<Storage, 'getItem' | 'setItem'>

export function languageToOffer(
  storage: Kept | null,
  shown: Language,
  preferred: readonly string[],
): Language | null {
  const first = storage?.getItem(KEY) ?? null
  if (first !== null && first !== shown) {
    decide(storage)
    return null
  }
  storage?.setItem(KEY, shown)
  const wanted = preferred.map(codeOf).find((code) => code !== null)
  return wanted === undefined || wanted === shown ? null : wanted
}

export function decide(storage: Kept | null): void {
  storage?.setItem(KEY, DECIDED)
}

/** Of a browser's tag such as `fr-CH`; null for what is not here. Our Chinese is in simplified characters. */
function codeOf(tag: string): Language | null {
  const { language, script } = new Intl.Locale(tag).maximize()
  return script !== 'Hant' && isLanguage(language) ? language : null
}
