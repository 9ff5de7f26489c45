/** What an operator may do with a run now, and how it went. */
'use client'

import type { RunState, RunStatus } from '@worldflora/protocol/messages'
import { useState } from 'react'
import { order } from '../coordinator/read.ts'
import { Button } from '../design/button.tsx'
import styles from './run-controls.module.css'
import { StopDialog } from './stop-dialog.tsx'

type Wish = 'running' | 'paused' | 'stopped'

const DONE: Record<Wish, string> = {
  running: 'The run goes on.',
  paused: 'The run is paused. It goes on when you resume it.',
  stopped: 'The run is stopped. What it has learned is kept.',
}

export function RunControls({ run }: { run: RunStatus }) {
  const [said, setSaid] = useState('')
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)

  async function send(path: string, body: unknown, done: string): Promise<void> {
    setBusy(true)
    const rejection = await order('POST', `/api/runs/${run.id}/${path}`, body)
    setBusy(false)
    setSaid(rejection === null ? done : `${rejection.message} ${rejection.action}`)
  }
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
      </div>
      <p role="status" className={styles.said}>
        {said}
      </p>
      <StopDialog
        name={run.name}
        isOpen={isAsking}
        onAnswer={(stops) => {
          setAsking(false)
          if (stops) void become('stopped')
        }}
      />
    </div>
  )
}

function isResumable(state: RunState): boolean {
  return state === 'paused' || state === 'stopped'
}
