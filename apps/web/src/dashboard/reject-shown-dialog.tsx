/** Asks before all submissions that were shown are rejected. They are named to the site one by one: what came since stays in the queue. */
'use client'

import type { SeveralDecided, Submission } from '@worldflora/protocol/submissions'
import { parseDecided } from '../coordinator/parse.ts'
import { counted } from '../words/amounts.ts'
import { AskDialog } from './ask-dialog.tsx'
import { useOrder } from './order.ts'
import { givenWords, rejectedWords } from './review-words.ts'

export function RejectShownDialog({
  submissions,
  onDone,
  onClose,
}: {
  submissions: readonly Submission[]
  onDone: (words: string, rejected: readonly string[]) => void
  onClose: () => void
}) {
  const order = useOrder()

  async function reject(): Promise<void> {
    const body: SeveralDecided = { decision: 'reject', submissions: submissions.map(({ id }) => id) }
    const ended = await order.send(
      { method: 'POST', path: '/api/submissions/decisions', body },
      {
        parse: parseDecided,
        done: ({ submissions: rejected }) => rejectedWords(body.submissions.length, rejected.length),
      },
    )
    if (ended.kind === 'done') onDone(ended.words, ended.answer.submissions)
  }

  return (
    <AskDialog
      order={order}
      onNo={onClose}
      onYes={() => void reject()}
      question={{
        title: `Reject these ${counted(submissions.length, 'submission')}?`,
        yes: `Reject ${submissions.length}`,
        no: 'Let them wait',
        weight: 'grave',
        children: (
          <p>
            {`They are all that the list shows: ${givenWords(submissions)}. An hour later they are deleted; until then you can undo it. What came since, or stands behind them, is left.`}
          </p>
        ),
      }}
    />
  )
}
