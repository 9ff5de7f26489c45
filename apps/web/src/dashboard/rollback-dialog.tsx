/** Asks before a run is taken back: what came later is dropped. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { useState } from 'react'
import { parseRollback } from '../coordinator/parse.ts'
import { count, counted } from '../words/amounts.ts'
import { AskDialog } from './ask-dialog.tsx'
import { ChangesField } from './changes-field.tsx'
import { changesIn, rolledBackWords } from './kept-words.ts'
import { useRunOrder } from './run-order.ts'

export function RollbackDialog({
  run,
  step,
  onDone,
  onClose,
}: {
  run: RunStatus
  step: number
  onDone: (words: string) => void
  onClose: () => void
}) {
  const order = useRunOrder(run.id)
  const [text, setText] = useState('')
  const later = run.step - step

  async function goBack(): Promise<void> {
    const changes = changesIn(text)
    if (changes === null) return
    const done = (back: Parameters<typeof rolledBackWords>[1]) => rolledBackWords(run.name, back)
    const outcome = await order.send('rollback', { step, changes }, { parse: parseRollback, done })
    if (outcome.kind === 'done') onDone(outcome.words)
  }

  return (
    <AskDialog
      order={order}
      onNo={onClose}
      onYes={() => void goBack()}
      question={{
        title: `Take “${run.name}” back to step ${count(step)}?`,
        yes: `Take “${run.name}” back`,
        no: 'Leave it',
        weight: 'grave',
        children: (
          <>
            <p>
              {later === 0
                ? 'No step is lost; the one in flight is begun anew.'
                : `The last ${counted(later, 'step')} and what was measured of them are dropped. This cannot be undone: fork the run first if you want to keep them.`}
            </p>
            <ChangesField text={text} onText={setText} />
          </>
        ),
      }}
    />
  )
}
