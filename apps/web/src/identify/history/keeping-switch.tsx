/** Whether answers are kept, and what that means. */
import { useId } from 'react'
import { useTexts } from '../../languages/use-texts.ts'
import styles from './keeping-switch.module.css'
import type { Keeping } from './use-keeping.ts'

export function KeepingSwitch({ keeping, isEmpty }: { keeping: Keeping; isEmpty: boolean }) {
  const t = useTexts('history')
  const wordsId = useId()
  const isOn = keeping.isOn === true
  return (
    <div className={styles.keeping}>
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => keeping.choose(event.target.checked)}
          aria-describedby={wordsId}
        />
        {t('keep')}
      </label>
      <p id={wordsId} className={styles.words}>
        {isOn ? t('on') : isEmpty ? t('off') : t('offWithSheets')}
      </p>
    </div>
  )
}
