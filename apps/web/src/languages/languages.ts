/**
 * The languages of the public pages and where each has them: English at /identify, French at /fr/identify. The operator's
 * dashboard is in English alone.
 */
type Entry = {
  /** The first part of its addresses; names its file in messages/. */
  code: string
  /** For `lang` and `hreflang`. */
  tag: string
  /** For Intl. Digits are named where engines differ, for a page is written by one and read in another. */
  locale: string
  dir: 'ltr' | 'rtl'
  /** In the language itself. */
  name: string
}

export const LANGUAGES = [
  { code: 'en', tag: 'en', locale: 'en', dir: 'ltr', name: 'English' },
  { code: 'fr', tag: 'fr', locale: 'fr', dir: 'ltr', name: 'Français' },
  { code: 'es', tag: 'es', locale: 'es', dir: 'ltr', name: 'Español' },
  { code: 'pt', tag: 'pt', locale: 'pt', dir: 'ltr', name: 'Português' },
  { code: 'de', tag: 'de', locale: 'de', dir: 'ltr', name: 'Deutsch' },
  { code: 'it', tag: 'it', locale: 'it', dir: 'ltr', name: 'Italiano' },
  { code: 'nl', tag: 'nl', locale: 'nl', dir: 'ltr', name: 'Nederlands' },
  { code: 'pl', tag: 'pl', locale: 'pl', dir: 'ltr', name: 'Polski' },
  { code: 'zh', tag: 'zh-Hans', locale: 'zh-Hans', dir: 'ltr', name: '简体中文' },
  { code: 'ja', tag: 'ja', locale: 'ja', dir: 'ltr', name: '日本語' },
  { code: 'ar', tag: 'ar', locale: 'ar-u-nu-latn', dir: 'rtl', name: 'العربية' },
] as const satisfies readonly Entry[]

export type Language = (typeof LANGUAGES)[number]['code']

/** The pages that are in every language. */
export const TRANSLATED = ['/', '/identify', '/contribute'] as const
export type TranslatedPath = (typeof TRANSLATED)[number]

export const OTHER_LANGUAGES = LANGUAGES.map(({ code }) => code).filter((code) => code !== 'en')

export function entryOf(language: Language): Entry {
  return LANGUAGES.find(({ code }) => code === language)!
}

export function isLanguage(code: string): code is Language {
  return LANGUAGES.some((entry) => entry.code === code)
}

/** The address of a page in a language; in English where the page is in no other. */
export function pathIn(language: Language, path: string): string {
  if (language === 'en' || !TRANSLATED.some((translated) => translated === path)) return path
  return `/${language}${path === '/' ? '' : path}`
}
