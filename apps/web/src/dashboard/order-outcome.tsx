/** How an order went, seen and read out. Both places are there before anything is in them: else readers miss it. */
import { Notice } from '../design/notice.tsx'
import { sentenceOf } from '../words/run-sentence.ts'
import type { Outcome } from './order.ts'
import styles from './order-outcome.module.css'

export function OrderOutcome({ outcome }: { outcome: Outcome | null }) {
  return (
    <div>
      <p role="status" className={styles.done}>
        {outcome?.kind === 'done' ? outcome.words : ''}
      </p>
      <div role="alert">
        {outcome?.kind === 'refused' ? (
          <Notice tone="warm" title={sentenceOf(outcome.rejection.message)}>
            <p>{outcome.rejection.action}</p>
          </Notice>
        ) : null}
      </div>
    </div>
  )
}
