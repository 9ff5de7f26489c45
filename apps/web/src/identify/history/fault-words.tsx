/** Why the history is not there, or an answer was not kept, in plain words. Calm: naming works all the same. */
import { useTexts } from '../../languages/use-texts.ts'
import styles from './history-section.module.css'
import type { HistoryFault } from './history-store.ts'

/** Always there, for only then is it read out when it appears. */
export function FaultWords({ fault }: { fault: HistoryFault | null }) {
  const t = useTexts('history')
  return (
    <div role="status" className={styles.fault} data-testid="history-fault">
      {fault === null ? null : <p>{t(`faults.${fault.code}`)}</p>}
    </div>
  )
}
