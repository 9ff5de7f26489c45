/** Where the pages are in which language, who is offered which, and how numbers are read there. */
import { describe, expect, it } from 'vitest'
import { commonNameOf } from '../src/identify/common-name.ts'
import { amountsIn } from '../src/languages/amounts.ts'
import { entryOf, LANGUAGES, pathIn } from '../src/languages/languages.ts'
import { decide, languageToOffer } from '../src/languages/offer.ts'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

function storage() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
}

describe('addresses', () => {
  it('are English’s own for English and for what is in English alone', () => {
    expect(['/', '/identify', '/dashboard'].map((path) => pathIn('en', path))).toEqual([
      '/',
      '/identify',
      '/dashboard',
    ])
    expect(['/', '/identify', '/dashboard'].map((path) => pathIn('ar', path))).toEqual([
      '/ar',
      '/ar/identify',
      '/dashboard',
    ])
  })
})

describe('another language', () => {
  it('is offered to whose browser asks for it first, of those that there are', () => {
    expect(languageToOffer(storage(), 'en', ['fr-CH', 'en'])).toBe('fr')
    expect(languageToOffer(storage(), 'en', ['eu', 'es-ES', 'en'])).toBe('es')
    expect(languageToOffer(storage(), 'fr', ['en-GB'])).toBe('en')
    expect(languageToOffer(storage(), 'en', ['en-US', 'fr'])).toBeNull()
    expect(languageToOffer(storage(), 'en', ['eu'])).toBeNull()
    expect(languageToOffer(null, 'en', ['ar'])).toBe('ar')
  })

  it('in the characters that the reader reads', () => {
    expect(languageToOffer(storage(), 'en', ['zh-CN'])).toBe('zh')
    expect(languageToOffer(storage(), 'en', ['zh-TW', 'ja'])).toBe('ja')
  })

  it('until it is declined, or the visitor has gone to one by themselves', () => {
    const kept = storage()
    expect(languageToOffer(kept, 'en', ['fr'])).toBe('fr')
    expect(languageToOffer(kept, 'en', ['fr'])).toBe('fr')
    decide(kept)
    expect(languageToOffer(kept, 'en', ['fr'])).toBeNull()

    const traveller = storage()
    expect(languageToOffer(traveller, 'en', ['fr'])).toBe('fr')
    expect(languageToOffer(traveller, 'de', ['fr'])).toBeNull()
    expect(languageToOffer(traveller, 'en', ['fr'])).toBeNull()
  })
})

describe('numbers', () => {
  const inLanguage = (code: 'en' | 'fr' | 'de' | 'ar') => amountsIn(entryOf(code).locale)

  it('are written as the language writes them, with a unit on the same line', () => {
    expect(plain(inLanguage('en').count(1240))).toBe('1,240')
    expect(plain(inLanguage('de').count(1240))).toBe('1.240')
    expect(plain(inLanguage('fr').bytes(4_120_000))).toBe('4,1 Mo')
    expect([4100, 4_120_000, 41_200_000, 2.5e9].map(inLanguage('en').bytes).map(plain)).toEqual([
      '4 kB',
      '4.1 MB',
      '41 MB',
      '2.5 GB',
    ])
    expect(inLanguage('en').bytes(4_120_000)).not.toContain(' ')
    expect(inLanguage('ar').count(62)).toBe('62')
  })

  it('are never rounded to certainty', () => {
    expect([0, 0.004, 0.62, 0.999, 1].map(inLanguage('en').percent).map(plain)).toEqual([
      '0 %',
      '0.4 %',
      '62 %',
      '99 %',
      '100 %',
    ])
    expect(plain(inLanguage('fr').percent(0.999))).toBe('99 %')
  })

  it('and every language is one that Intl knows', () => {
    const locales = LANGUAGES.map(({ locale }) => locale)
    expect(Intl.NumberFormat.supportedLocalesOf(locales)).toHaveLength(locales.length)
  })
})

describe('a species’ common name', () => {
  const oak = { commonName: 'English oak', commonNames: { fr: ['Chêne', 'Rouvre'], 'pt-br': ['Carvalho'] } }

  it('is that of the page’s language, else the flora’s own', () => {
    expect(['fr', 'pt', 'de'].map((language) => commonNameOf(oak, language))).toEqual([
      'Chêne',
      'Carvalho',
      'English oak',
    ])
    expect(commonNameOf({}, 'fr')).toBeUndefined()
  })
})
