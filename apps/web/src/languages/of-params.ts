/** The language that a route’s first part names. English has no such part: its pages are at their bare addresses. */
import { isLanguage, type Language } from './languages.ts'

export type LanguageParams = { params: Promise<{ language: string }> }

export async function languageOf({ params }: LanguageParams): Promise<Language> {
  const { language } = await params
  if (!isLanguage(language)) throw new Error(`${language} is no language of this site`)
  return language
}
