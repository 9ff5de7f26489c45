/** That a newer model is there, to be taken up now or with the next visit. Nothing moves before the person says so. */
'use client'

import { useRef } from 'react'
import { Button } from '../design/button.tsx'
import { RefusalParts } from '../design/refusal-parts.tsx'
import { useTexts } from '../languages/use-texts.ts'
import styles from './update-line.module.css'
import type { ModelUpdate } from './use-model-update.ts'

export function UpdateLine({ update: { state, take, leave } }: { update: ModelUpdate }) {
  const t = useTexts('modelUpdate')
  const line = useRef<HTMLDivElement>(null)
  const and = (act: () => void) => () => {
    // The button goes, and the focus would with it.
    line.current?.focus()
    act()
  }
  return (
    <div ref={line} role="status" tabIndex={-1} className={styles.line} data-testid="model-update">
      {state.kind === 'offered' ? (
        <>
          <p>
            {t('ready', { species: state.model.species, flora: state.model.flora })} {t('photosStay')}
          </p>
          <p className={styles.ways}>
            <Button onClick={and(take)}>{t('now')}</Button>
            <Button onClick={and(leave)}>{t('later')}</Button>
          </p>
        </>
      ) : null}
      {state.kind === 'opening' ? <p>{t('opening')}</p> : null}
      {state.kind === 'taken' ? <p>{t('taken')}</p> : null}
      {state.kind === 'refused' ? (
        <>
          <p>{t('notTaken')}</p>
          <RefusalParts rejection={state.rejection} />
        </>
      ) : null}
    </div>
  )
}
