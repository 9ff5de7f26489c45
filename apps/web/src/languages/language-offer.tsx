/** One line that offers the page in the language of the visitor's browser. It never changes the page by itself. */
'use client'

import { useEffect, useState } from 'react'
import { storageOrNull } from '../offline/storage.ts'
import styles from './language-offer.module.css'
import { entryOf, type Language } from './languages.ts'
import { decide, languageToOffer } from './offer.ts'

/** `take` and `leave` are in the language that is offered. */
export type Offer = { language: Language; href: string; take: string; leave: string }

export function LanguageOffer({ shown, offers }: { shown: Language; offers: readonly Offer[] }) {
  const [offer, setOffer] = useState<Offer | null>(null)
  useEffect(() => {
    const language = languageToOffer(storageOrNull(), shown, navigator.languages)
    setOffer(offers.find((one) => one.language === language) ?? null)
  }, [shown, offers])
  if (offer === null) return null
  const { tag, dir } = entryOf(offer.language)
  return (
    <div className={styles.offer} lang={tag} dir={dir} data-testid="language-offer">
      <a href={offer.href} hrefLang={tag} onClick={() => decide(storageOrNull())}>
        {offer.take}
      </a>
      <button
        type="button"
        onClick={() => {
          decide(storageOrNull())
          setOffer(null)
        }}
      >
        {offer.leave}
      </button>
    </div>
  )
}
