/** Why nothing is said to be the answer. */
import { useTexts } from '../languages/use-texts.ts'
import { OutsideWords } from './narrowing/outside-words.tsx'
import styles from './unsure-words.module.css'

/** `outside`: the list that it is hardly of, if it was kept to one. */
export function UnsureWords({ outside }: { outside: string | null }) {
  const t = useTexts('identify')
  return (
    <div className={styles.words}>
      {outside !== null ? (
        <OutsideWords name={outside} />
      ) : (
        <>
          <h2>{t('unsureTitle')}</h2>
          <p>{t('unsureWords')}</p>
        </>
      )}
    </div>
  )
}
