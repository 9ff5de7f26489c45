/** How many of the newest checkpoints are kept (LC1). Asks first if some would go at once. */
'use client'

import type { KeptCheckpoints } from '@worldflora/protocol/kept-checkpoints'
import type { RunStatus } from '@worldflora/protocol/runs'
import { useEffect, useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { count, counted } from '../words/amounts.ts'
import { AskDialog } from './ask-dialog.tsx'
import { leavingWith } from './kept-words.ts'
import { answeredBy } from './order.ts'
import { OrderOutcome } from './order-outcome.tsx'
import styles from './retention-field.module.css'
import { useRunOrder } from './run-order.ts'

const MOST = 1000

export function RetentionField({
  run,
  kept,
  onDone,
}: {
  run: RunStatus
  kept: KeptCheckpoints
  onDone: (words: string) => void
}) {
  const order = useRunOrder(run.id)
  const [text, setText] = useState(String(kept.newestKept))
  const [leaving, setLeaving] = useState<number[]>([])
  const helpId = useId()
  const newestKept = Number(text)
  // As it is now, also when another operator has set it.
  useEffect(() => setText(String(kept.newestKept)), [kept.newestKept])

  async function keep(): Promise<void> {
    const done = answeredBy(`Of the newest of “${run.name}”, ${count(newestKept)} are kept from now on.`)
    const outcome = await order.send('retention', { newestKept }, done)
    if (outcome.kind === 'refused') return
    setLeaving([])
    onDone(outcome.words)
  }

  return (
    <>
      <form
        className={`${styles.field} screen-only`}
        onSubmit={(event) => {
          event.preventDefault()
          if (order.isBusy) return
          const gone = leavingWith(kept.checkpoints, newestKept)
          if (gone.length === 0) void keep()
          else setLeaving(gone)
        }}
      >
        <label>
          Keep the newest
          <input
            type="number"
            required
            min={0}
            max={MOST}
            step={1}
            value={text}
            aria-describedby={helpId}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <Button type="submit" isBusy={order.isBusy} aria-label="Set how many of the newest are kept">
          Set
        </Button>
        <span id={helpId} className={styles.quiet}>
          The first, the best and the latest stay anyway.
        </span>
      </form>
      {leaving.length > 0 ? (
        <AskDialog
          order={order}
          onNo={() => setLeaving([])}
          onYes={() => void keep()}
          question={{
            title: `Keep ${newestKept === 0 ? 'none' : `only ${count(newestKept)}`} of the newest of “${run.name}”?`,
            yes: `Delete ${counted(leaving.length, 'checkpoint')}`,
            no: 'Leave them',
            weight: 'grave',
            children: (
              <p>
                {`Deleted at once: ${leaving.length === 1 ? 'step' : 'steps'} ${leaving.map(count).join(', ')}. The run cannot be forked from there or taken back to there any more; its curves stay.`}
              </p>
            ),
          }}
        />
      ) : (
        <OrderOutcome outcome={order.outcome?.kind === 'refused' ? order.outcome : null} />
      )}
    </>
  )
}
