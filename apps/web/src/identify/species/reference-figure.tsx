/** One reference photo with whom it is from, and under which licence. */
'use client'

import { useState } from 'react'
import { useTexts } from '../../languages/use-texts.ts'
import type { ReferencePhoto } from './organ-groups.ts'
import styles from './references.module.css'
import { addressOf } from './use-references.ts'

export function ReferenceFigure({ photo, alt }: { photo: ReferencePhoto; alt: string }) {
  const t = useTexts('species')
  const [isAway, setAway] = useState(false)
  const { author, license } = photo
  return (
    <figure className={styles.figure} data-testid="reference">
      {isAway ? (
        <p className={styles.away}>{t('photoAway')}</p>
      ) : (
        // biome-ignore lint/performance/noImgElement: the site serves it as it is
        <img src={addressOf(photo)} alt={alt} loading="lazy" decoding="async" onError={() => setAway(true)} />
      )}
      <figcaption>
        <bdi>{author ?? t('authorUnsaid')}</bdi> <bdi>{license ?? t('licenseUnsaid')}</bdi>
      </figcaption>
    </figure>
  )
}
