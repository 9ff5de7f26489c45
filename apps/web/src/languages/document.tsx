/** The outermost part of every page: its language, its direction, and what a head says of the site. */
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import '../design/tokens.css'
import '../design/base.css'
import { entryOf, type Language } from './languages.ts'
import { type Messages, translatorOf } from './texts.ts'

export function Document({ language, children }: { language: Language; children: ReactNode }) {
  const { tag, dir } = entryOf(language)
  return (
    <html lang={tag} dir={dir}>
      <body>{children}</body>
    </html>
  )
}

export async function siteMetadata(language: Language): Promise<Metadata> {
  const t = await translatorOf(language, 'frame')
  return {
    title: { default: 'Worldflora', template: '%s · Worldflora' },
    description: t('description'),
    manifest: `/manifests/${language}.webmanifest`,
    icons: { icon: '/icon.svg', apple: '/apple-touch-icon.png' },
  }
}

type Titled = { [N in keyof Messages]: Messages[N] extends { title: string } ? N : never }[keyof Messages]

export async function titleOf(language: Language, page: Titled): Promise<Metadata> {
  const t = await translatorOf(language, page)
  return { title: t('title' as never) }
}
