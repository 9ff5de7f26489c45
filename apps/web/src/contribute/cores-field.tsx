/** How many cores this machine lends. Holds at once, also while it computes. */
'use client'

import { useId } from 'react'
import { useTexts } from '../languages/use-texts.ts'
import { partOfCores } from './cores.ts'
import styles from './cores-field.module.css'
import type { Cores } from './use-cores.ts'

export function CoresField({ cores, available, choose }: Cores) {
  const t = useTexts('contribute')
  const wordsId = useId()
  if (available < 2) return null
  return (
    <label className={`${styles.field} screen-only`}>
      <span>{t('coresLabel', { cores, available })}</span>
      <input
        type="range"
        min={1}
        max={available}
        value={cores}
        aria-describedby={wordsId}
        onChange={(event) => choose(event.target.valueAsNumber)}
        data-testid="cores"
      />
      <span id={wordsId} className={styles.words}>
        {t(`cores.${partOfCores(cores, available)}`)}
      </span>
    </label>
  )
}
