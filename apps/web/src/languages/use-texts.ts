/** A page's texts for its components: `const t = useTexts('identify')`, then `t('title')`. */
'use client'

import { useLocale, useTranslations } from 'use-intl/react'
import { type Amounts, amountsIn } from './amounts.ts'
import { isLanguage, type Language } from './languages.ts'
import type { Namespace } from './texts.ts'

/** What `useTexts` gives, for functions that are handed it. */
export type Texts<N extends Namespace> = ReturnType<typeof useTranslations<N>>

export function useTexts<N extends Namespace>(namespace: N): Texts<N> {
  return useTranslations(namespace)
}

export function useAmounts(): Amounts {
  return amountsIn(useLocale())
}

export function useLanguage(): Language {
  const { language } = new Intl.Locale(useLocale())
  return isLanguage(language) ? language : 'en'
}
