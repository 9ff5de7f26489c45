/** Asks before a run is taken back: what came later is dropped. */
'use client'

import type { RunStatus } from '@worldflora/protocol/messages'
import { useState } from 'react'
import { count, counted } from '../words/amounts.ts'
import { AskDialog } from './ask-dialog.tsx'
import { ChangesField } from './changes-field.tsx'
import { changesIn } from './kept-words.ts'

export function RollbackDialog({
  run,
  step,
  onGoBack,
  onClose,
}: {
  run: RunStatus
  step: number
  onGoBack: (changes: { [field: string]: unknown }) => void
  onClose: () => void
}) {
  const [text, setText] = useState('')
  const later = run.step - step
  return (
    <AskDialog
      isOpen
      onNo={onClose}
      onYes={() => {
        const changes = changesIn(text)
        if (changes !== null) onGoBack(changes)
      }}
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
