/** What an operator may do with a run now, and how it went. */
'use client'

import type { RunState, RunStatus } from '@worldflora/protocol/runs'
import { useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { answeredBy } from './order.ts'
import { OrderOutcome } from './order-outcome.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import styles from './run-controls.module.css'
import { useRunOrder } from './run-order.ts'
import { StopDialog } from './stop-dialog.tsx'

const PRIORITIES = Array.from({ length: 10 }, (_, priority) => priority)

type Asked = 'publish' | 'stop'

export function RunControls({ run }: { run: RunStatus }) {
  const { outcome, isBusy, send } = useRunOrder(run.id)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [said, setSaid] = useState('')
  const priorityId = useId()
  const helpId = useId()
  const order = (path: string, body: unknown, words: string) => {
    setSaid('')
    void send(path, body, answeredBy(words))
  }
  const dialog = {
    run,
    onClose: () => setAsked(null),
    onDone: (words: string) => {
      setAsked(null)
      setSaid(words)
    },
  }

  return (
    <div className={styles.controls}>
      <div className={styles.row}>
        <GoButton
          state={run.state}
          isBusy={isBusy}
          onOrder={(state, words) => order('state', { state }, words)}
        />
        <Button isBusy={isBusy} onClick={() => setAsked('publish')}>
          Publish …
        </Button>
        {run.state === 'running' || run.state === 'paused' ? (
          <Button weight="grave" isBusy={isBusy} onClick={() => setAsked('stop')}>
            Stop …
          </Button>
        ) : null}
        {run.state === 'finished' ? null : (
          <div className={`${styles.priority} screen-only`}>
            <label htmlFor={priorityId}>Priority</label>
            <select
              id={priorityId}
              value={run.priority}
              aria-describedby={helpId}
              onChange={(event) => {
                const priority = Number(event.target.value)
                order('priority', { priority }, `“${run.name}” has priority ${priority} now.`)
              }}
            >
              {PRIORITIES.map((priority) => (
                <option key={priority} value={priority}>
                  {priority}
                </option>
              ))}
            </select>
            <span id={helpId} className={styles.quiet}>
              One more is twice the share of the machines
            </span>
          </div>
        )}
      </div>
      <OrderOutcome outcome={said === '' ? outcome : { kind: 'done', words: said }} />
      {asked === 'publish' ? <PublishDialog {...dialog} /> : null}
      {asked === 'stop' ? <StopDialog {...dialog} /> : null}
    </div>
  )
}

/** One button, so that the focus stays on it when pausing has made it the one to resume with. */
function GoButton({
  state,
  isBusy,
  onOrder,
}: {
  state: RunState
  isBusy: boolean
  onOrder: (state: 'running' | 'paused', words: string) => void
}) {
  switch (state) {
    case 'running':
      return (
        <Button
          isBusy={isBusy}
          onClick={() => onOrder('paused', 'The run is paused. It goes on when you resume it.')}
        >
          Pause
        </Button>
      )
    case 'paused':
    case 'stopped':
      return (
        <Button weight="strong" isBusy={isBusy} onClick={() => onOrder('running', 'The run goes on.')}>
          Resume
        </Button>
      )
    case 'finished':
      return null
  }
}
