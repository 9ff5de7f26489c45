/** What every page has around it: the name, the ways, the main part, the foot. */
import type { ReactNode } from 'react'
import { LanguageMenu } from '../languages/language-menu.tsx'
import { LanguageOffer, type Offer } from '../languages/language-offer.tsx'
import {
  entryOf,
  LANGUAGES,
  type Language,
  pathIn,
  TRANSLATED,
  type TranslatedPath,
} from '../languages/languages.ts'
import { translatorOf } from '../languages/texts.ts'
import { LeafMark } from './leaf-mark.tsx'
import styles from './page-frame.module.css'

const WAYS = ['identify', 'contribute', 'dashboard'] as const

export type PagePath = '/' | `/${(typeof WAYS)[number]}`

/** Links load pages anew on purpose: each page has a policy of its own, and works from the cache offline. */
export async function PageFrame({
  language,
  path,
  children,
}: {
  language: Language
  /** null where nothing is. */
  path: PagePath | null
  children: ReactNode
}) {
  const t = await translatorOf(language, 'frame')
  const translated = TRANSLATED.find((one) => one === path) ?? null
  return (
    <div className={`${styles.frame} ${path === '/dashboard' ? styles.wide : ''}`}>
      {translated === null ? null : <OtherLanguages language={language} path={translated} />}
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.head}>
        <a
          className={styles.name}
          href={pathIn(language, '/')}
          aria-current={path === '/' ? 'page' : undefined}
        >
          <LeafMark />
          Worldflora
        </a>
        {translated === null ? null : (
          <LanguageMenu language={language} path={translated} label={t('language')} />
        )}
        <nav aria-label={t('pages')} className={styles.ways}>
          {WAYS.map((way) => (
            <a
              key={way}
              href={pathIn(language, `/${way}`)}
              aria-current={path === `/${way}` ? 'page' : undefined}
            >
              {t(`${way}`)}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.foot}>
        <p>{t('promise')}</p>
        <p>{t('licence')}</p>
      </footer>
    </div>
  )
}

/** Where the page is in the others: for search engines in the head, for a visitor whose browser asks for one as a line. */
async function OtherLanguages({ language, path }: { language: Language; path: TranslatedPath }) {
  const offers = await Promise.all(
    LANGUAGES.filter(({ code }) => code !== language).map(async ({ code }): Promise<Offer> => {
      const t = await translatorOf(code, 'frame')
      return { language: code, href: pathIn(code, path), take: t('offerTake'), leave: t('offerLeave') }
    }),
  )
  return (
    <>
      {LANGUAGES.map(({ code }) => (
        <link key={code} rel="alternate" hrefLang={entryOf(code).tag} href={pathIn(code, path)} />
      ))}
      <link rel="alternate" hrefLang="x-default" href={path} />
      <LanguageOffer shown={language} offers={offers} />
    </>
  )
}
