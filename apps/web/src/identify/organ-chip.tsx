/** What a photo shows: as the model suggests, until somebody says otherwise. */
import { ORGANS, type Organ, parseOrgan } from '@worldflora/protocol/calibration'
import { useTexts } from '../languages/use-texts.ts'
import styles from './organ-chip.module.css'

export function OrganChip({
  number,
  organ,
  suggested,
  onChange,
}: {
  /** The photo's, from 1. */
  number: number
  organ: Organ | null
  suggested: Organ | null
  onChange: (organ: Organ | null) => void
}) {
  const t = useTexts('identify')
  return (
    <select
      className={styles.chip}
      data-said={organ !== null}
      aria-label={t('organOf', { number })}
      value={organ ?? ''}
      onChange={({ target }) => onChange(parseOrgan(target.value))}
    >
      <option value="">
        {suggested === null ? t('organNone') : t('organSuggested', { organ: t(`organ.${suggested}`) })}
      </option>
      {ORGANS.map((known) => (
        <option key={known} value={known}>
          {t(`organ.${known}`)}
        </option>
      ))}
    </select>
  )
}
