/**
 * A Rejection in the page's language, by its code. What has no text here, and every one on an English page, says what it said
 * itself.
 */
'use client'

import type { Rejection } from '@worldflora/protocol/rejection'
import { type Texts, useTexts } from './use-texts.ts'

export type RefusalWords = { message: string; action: string }

function refusalWords(t: Texts<'refusals'>, { code, message, action }: Rejection): RefusalWords {
  const told = code as 'no-model'
  if (!t.has(`${told}.message`)) return { message, action }
  return { message: t(`${told}.message`), action: t(`${told}.action`) }
}

export function useRefusalWords(): (rejection: Rejection) => RefusalWords {
  const t = useTexts('refusals')
  return (rejection) => refusalWords(t, rejection)
}
