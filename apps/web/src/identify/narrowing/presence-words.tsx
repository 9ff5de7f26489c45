/** Whether a species is known from around the place. */
import { useTexts } from '../../languages/use-texts.ts'
import type { Presence } from './narrowing.ts'
import styles from './presence-words.module.css'

export function PresenceWords({ presence }: { presence: Presence }) {
  const t = useTexts('narrowing')
  return (
    <span className={styles.presence} data-presence={presence}>
      {t(`presence.${presence}`)}
    </span>
  )
}
