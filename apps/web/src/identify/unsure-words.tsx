/** Why nothing is said to be the answer. */
import { useTexts } from '../languages/use-texts.ts'
import type { Answer } from './answer.ts'
import { isHardlyOfChecklist } from './narrowing/narrowing.ts'
import { OutsideWords } from './narrowing/outside-words.tsx'
import styles from './unsure-words.module.css'

export function UnsureWords({ answer: { isPlant, narrowed } }: { answer: Answer }) {
  const t = useTexts('identify')
  const checklist = isPlant !== false && isHardlyOfChecklist(narrowed) ? narrowed?.checklist : null
  return (
    <div className={styles.words}>
      {checklist ? (
        <OutsideWords name={checklist.name} />
      ) : (
        <>
          <h2>{t('unsureTitle')}</h2>
          <p>{t('unsureWords')}</p>
        </>
      )}
    </div>
  )
}
