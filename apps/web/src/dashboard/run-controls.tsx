/** What an operator may do with a run now, and how it went. */
'use client'

import type { RunState, RunStatus } from '@worldflora/protocol/messages'
import { useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { AskDialog } from './ask-dialog.tsx'
import styles from './run-controls.module.css'
import { useRunOrder } from './run-order.ts'

type Wish = 'running' | 'paused' | 'stopped'

const DONE: Record<Wish, string> = {
  running: 'The run goes on.',
  paused: 'The run is paused. It goes on when you resume it.',
  stopped: 'The run is stopped. What it has learned is kept.',
}
const PRIORITIES = Array.from({ length: 10 }, (_, priority) => priority)

export function RunControls({ run }: { run: RunStatus }) {
  const { said, isBusy, send } = useRunOrder(run.id)
  const [isAsking, setAsking] = useState(false)
  const priorityId = useId()
  const become = (state: Wish) => send('state', { state }, DONE[state])

  return (
    <div className={styles.controls}>
      <div className={styles.row}>
        {run.state === 'running' ? (
          <Button disabled={isBusy} onClick={() => void become('paused')}>
            Pause
          </Button>
        ) : null}
        {isResumable(run.state) ? (
          <Button weight="strong" disabled={isBusy} onClick={() => void become('running')}>
            Resume
          </Button>
        ) : null}
        <Button
          disabled={isBusy}
          onClick={() =>
            void send(
              'publish',
              {},
              `Published: plants are identified with step ${run.step} of ${run.name} now.`,
            )
          }
        >
          Publish
        </Button>
        {run.state === 'running' || run.state === 'paused' ? (
          <Button weight="grave" disabled={isBusy} onClick={() => setAsking(true)}>
            Stop …
          </Button>
        ) : null}
        {run.state === 'finished' ? null : (
          <label className={styles.priority} htmlFor={priorityId}>
            Priority
            <select
              id={priorityId}
              value={run.priority}
              disabled={isBusy}
              onChange={(event) => {
                const priority = Number(event.target.value)
                void send('priority', { priority }, `“${run.name}” has priority ${priority} now.`)
              }}
            >
              {PRIORITIES.map((priority) => (
                <option key={priority} value={priority}>
                  {priority}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p role="status" className={styles.said}>
        {said}
      </p>
      <AskDialog
        isOpen={isAsking}
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false)
          void become('stopped')
        }}
        question={{
          title: `Stop the run “${run.name}”?`,
          yes: `Stop “${run.name}”`,
          no: 'Let it run',
          weight: 'grave',
          children: (
            <p>
              The step in flight is dropped, and volunteers are sent to other runs. What it has learned is
              kept: it can be published, and resumed later.
            </p>
          ),
        }}
      />
    </div>
  )
}

function isResumable(state: RunState): boolean {
  return state === 'paused' || state === 'stopped'
}
