/** Asks before the whole history is deleted. Escape is the careful answer. */
'use client'

import { useId } from 'react'
import { Button } from '../../design/button.tsx'
import { Modal } from '../../design/modal.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import styles from './sheet-dialog.module.css'

export function DeleteAllDialog({
  total,
  onYes,
  onNo,
}: {
  total: number
  onYes: () => void
  onNo: () => void
}) {
  const t = useTexts('history')
  const titleId = useId()
  return (
    <Modal titleId={titleId} onLeave={onNo}>
      <div className={styles.sheet}>
        <h2 id={titleId} className={styles.question}>
          {t('askTitle', { sheets: total })}
        </h2>
        <p>{t('askWords')}</p>
        <div className={styles.ways}>
          <Button onClick={onNo}>{t('askNo')}</Button>
          <Button weight="grave" onClick={onYes}>
            {t('askYes')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
