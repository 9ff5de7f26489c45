/** Reads the texts that a page's components need, of its own language alone. */
import type { ReactNode } from 'react'
import { entryOf, type Language } from './languages.ts'
import { TextProvider } from './text-provider.tsx'
import { type Namespace, textsOf } from './texts.ts'

export async function PageTexts({
  language,
  of,
  children,
}: {
  language: Language
  of: readonly Namespace[]
  children: ReactNode
}) {
  const texts = await textsOf(language, of)
  // English refusals say more in their own words than a text by their code could.
  if (language === 'en') texts.refusals = {}
  return (
    <TextProvider locale={entryOf(language).locale} texts={texts}>
      {children}
    </TextProvider>
  )
}
