/** A fork needs a name, and may change the configuration. */
'use client'

import type { ForkRun } from '@worldflora/protocol/http'
import type { RunStatus } from '@worldflora/protocol/messages'
import { useState } from 'react'
import styles from './ask-dialog.module.css'
import { AskDialog } from './ask-dialog.tsx'
import { ChangesField } from './changes-field.tsx'
import { changesIn } from './kept-words.ts'

export function ForkDialog({
  run,
  step,
  onFork,
  onClose,
}: {
  run: RunStatus
  step: number
  onFork: (wish: Omit<ForkRun, 'step'>) => void
  onClose: () => void
}) {
  const [name, setName] = useState(`${run.name}-from-${step}`.slice(-63))
  const [text, setText] = useState('')
  const [restart, setRestart] = useState(false)
  return (
    <AskDialog
      isOpen
      onNo={onClose}
      onYes={() => {
        const changes = changesIn(text)
        if (changes !== null) onFork({ name, changes, restart })
      }}
      question={{
        title: `Fork “${run.name}” from step ${step}?`,
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
