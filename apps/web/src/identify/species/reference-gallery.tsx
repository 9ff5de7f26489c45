/** Photos of the species from the flora, by what they show. */
'use client'

import type { Organ } from '@worldflora/protocol/calibration'
import { useTexts } from '../../languages/use-texts.ts'
import { organGroupsOf } from './organ-groups.ts'
import { ReferenceFigure } from './reference-figure.tsx'
import styles from './references.module.css'
import type { References } from './use-references.ts'

export function ReferenceGallery({
  references,
  name,
  own,
}: {
  references: References
  /** Scientific. */
  name: string
  /** What one's own photos show. */
  own: readonly (Organ | null)[]
}) {
  const t = useTexts('species')
  const organWord = useOrganWord()
  if (references.kind === 'looking') return <p className={styles.words}>{t('looking')}</p>
  if (references.kind === 'out-of-reach') return <p className={styles.words}>{t('outOfReach')}</p>
  if (references.photos.length === 0) return <p className={styles.words}>{t('none')}</p>
  return (
    <div className={styles.groups}>
      <p className={styles.words}>{t('asked')}</p>
      {organGroupsOf(references.photos, own).map(({ organ, photos }) => {
        const shows = organ === null ? t('organOther') : organWord(organ)
        return (
          <div key={organ ?? ''}>
            <h4 className={styles.organ}>{shows}</h4>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled, by a keyboard too */}
            <section className={styles.photos} tabIndex={0} aria-label={shows}>
              {photos.map((photo, i) => (
                <ReferenceFigure
                  key={addressKey(photo)}
                  photo={photo}
                  alt={t('photoOf', { name, organ: shows, number: i + 1 })}
                />
              ))}
            </section>
          </div>
        )
      })}
    </div>
  )
}

function useOrganWord(): (organ: Organ) => string {
  const t = useTexts('identify')
  return (organ) => t(`organ.${organ}`)
}

function addressKey({ shard, sample }: { shard: string; sample: number }): string {
  return `${shard} ${sample}`
}
