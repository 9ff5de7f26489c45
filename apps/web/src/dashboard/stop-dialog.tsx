/** Asks before a run is stopped. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { AskDialog } from './ask-dialog.tsx'
import { answeredBy } from './order.ts'
import { useRunOrder } from './run-order.ts'

export function StopDialog({
  run,
  onDone,
  onClose,
}: {
  run: RunStatus
  onDone: (words: string) => void
  onClose: () => void
}) {
  const order = useRunOrder(run.id)

  async function stop(): Promise<void> {
    const done = answeredBy('The run is stopped. What it has learned is kept.')
    const outcome = await order.send('state', { state: 'stopped' }, done)
    if (outcome.kind === 'done') onDone(outcome.words)
  }

  return (
    <AskDialog
      order={order}
      onNo={onClose}
      onYes={() => void stop()}
      question={{
        title: `Stop the run “${run.name}”?`,
        yes: `Stop “${run.name}”`,
        no: run.state === 'running' ? 'Let it run' : 'Leave it paused',
        weight: 'grave',
        children: (
          <p>
            The step in flight is dropped, and volunteers are sent to other runs. What it has learned is kept:
            it can be published, and resumed later.
          </p>
        ),
      }}
    />
  )
}
