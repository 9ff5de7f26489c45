/** Above an answer that was narrowed: by what, what that did, and the way back. */
'use client'

import { Button } from '../../design/button.tsx'
import { useAmounts, useTexts } from '../../languages/use-texts.ts'
import styles from './narrowed-line.module.css'
import type { Narrowed, Narrowing } from './narrowing.ts'
import { pointWords } from './point-words.ts'

export function NarrowedLine({
  narrowed: { checklist, place },
  narrowing,
  onClear,
}: {
  narrowed: Narrowed
  narrowing: Narrowing
  onClear: () => void
}) {
  const t = useTexts('narrowing')
  const { percent } = useAmounts()
  const where = narrowing.place === null ? '' : pointWords(narrowing.place)
  return (
    <div className={styles.line} data-testid="narrowed">
      <div>
        {checklist === null ? null : (
          <p>
            {t('listedNow', { name: checklist.name, species: checklist.species })}{' '}
            {t('shareNow', { share: percent(checklist.share) })}
          </p>
        )}
        {place === null ? null : (
          <p>{place.isKnown ? t('placeNow', { place: where }) : t('placeUnknown', { place: where })}</p>
        )}
      </div>
      <Button onClick={onClear}>{t('off')}</Button>
    </div>
  )
}
