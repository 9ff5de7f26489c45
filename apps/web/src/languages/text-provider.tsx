/** Hands a page's texts to its components in the browser. */
'use client'

import type { ReactNode } from 'react'
import { IntlProvider } from 'use-intl/react'
import type { CompiledTexts } from './texts.ts'

export function TextProvider({
  locale,
  texts,
  children,
}: {
  locale: string
  texts: CompiledTexts
  children: ReactNode
}) {
  return (
    <IntlProvider locale={locale} messages={texts as never}>
      {children}
    </IntlProvider>
  )
}
