/** A fork needs a name, and may change the configuration. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { useState } from 'react'
import { parseFork } from '../coordinator/parse.ts'
import { count } from '../words/amounts.ts'
import styles from './ask-dialog.module.css'
import { AskDialog } from './ask-dialog.tsx'
import { ChangesField } from './changes-field.tsx'
import { changesIn, forkedWords } from './kept-words.ts'
import { useRunOrder } from './run-order.ts'

export function ForkDialog({
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
  const [name, setName] = useState(`${run.name}-from-${step}`.slice(-63))
  const [text, setText] = useState('')
  const [restart, setRestart] = useState(false)

  async function fork(): Promise<void> {
    const changes = changesIn(text)
    if (changes === null) return
    const body = { step, name, changes, restart }
    const done = (forked: Parameters<typeof forkedWords>[1]) => forkedWords(name, forked)
    const outcome = await order.send('fork', body, { parse: parseFork, done })
    if (outcome.kind === 'done') onDone(outcome.words)
  }

  return (
    <AskDialog
      order={order}
      onNo={onClose}
      onYes={() => void fork()}
      question={{
        title: `Fork “${run.name}” from step ${count(step)}?`,
        yes: 'Begin the new run',
        no: 'Leave it',
        weight: 'strong',
        children: (
          <>
            <p>A new run begins with these weights. “{run.name}” itself is left as it is.</p>
            <label>
              Name of the new run
              <input
                type="text"
                required
                pattern="[a-z0-9][a-z0-9\-]{0,62}"
                title="Lowercase letters, digits and -"
                autoCapitalize="off"
                autoComplete="off"
                spellCheck={false}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </label>
            <ChangesField text={text} onText={setText} />
            <label className={styles.inline}>
              <input
                type="checkbox"
                checked={restart}
                onChange={(event) => setRestart(event.target.checked)}
              />
              Begin at step 0, with a new schedule
            </label>
          </>
        ),
      }}
    />
  )
}
