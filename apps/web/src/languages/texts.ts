/**
 * What the pages say, by language: messages/CODE.json, in ICU MessageFormat. Read and compiled while the pages are built, so
 * that a page carries its own language's texts alone and no parser. For server components.
 */
import compile from 'icu-minify/compile'
import { createTranslator } from 'use-intl/core'
import type en from '../../messages/en.json'
import { entryOf, type Language } from './languages.ts'
import type { Texts } from './use-texts.ts'

export type Messages = typeof en
export type Namespace = keyof Messages

/** Compiled by ICU, in the source's shape. */
export type CompiledTexts = { [name in Namespace]?: object }

export async function textsOf(language: Language, namespaces: readonly Namespace[]): Promise<CompiledTexts> {
  const source: { default: Messages } = await import(`../../messages/${language}.json`)
  const texts = Object.fromEntries(namespaces.map((name) => [name, compiled(source.default[name])]))
  // The compiler's objects have no prototype, and React hands only plain ones to the browser.
  return structuredClone(texts)
}

export async function translatorOf<N extends Namespace>(language: Language, namespace: N): Promise<Texts<N>> {
  const messages = (await textsOf(language, [namespace])) as Messages
  return createTranslator({ locale: entryOf(language).locale, messages, namespace }) as unknown as Texts<N>
}

function compiled(texts: object): object {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string' ? compile(unbroken(text)) : compiled(text),
    ]),
  )
}

/** A figure and its word stay on one line. */
function unbroken(text: string): string {
  return text.replaceAll('# ', '#\u00a0')
}
