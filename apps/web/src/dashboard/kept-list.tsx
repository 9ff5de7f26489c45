/** The checkpoints that a run can be forked from or taken back to, and what they weigh on the disk. */
'use client'

import type { KeptCheckpoint } from '@worldflora/protocol/http'
import type { RunStatus } from '@worldflora/protocol/messages'
import { useState } from 'react'
import { parseKept } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { Button } from '../design/button.tsx'
import { bytes, count, percent } from '../words/amounts.ts'
import { ForkDialog } from './fork-dialog.tsx'
import styles from './kept-list.module.css'
import { keptWords } from './kept-words.ts'
import { RollbackDialog } from './rollback-dialog.tsx'
import { useRunOrder } from './run-order.ts'

const REST_MS = 2000

type Asked = { what: 'fork' | 'rollback'; step: number }

export function KeptList({ run }: { run: RunStatus }) {
  const { said, isBusy, send } = useRunOrder(run.id)
  const [asked, setAsked] = useState<Asked | null>(null)
  const { value: kept } = useReading(`/api/runs/${run.id}/checkpoints`, parseKept, {
    news: `${run.step} ${run.state} ${run.measured} ${run.evaluation?.step} ${said}`,
    restMs: REST_MS,
  })
  const canGoBack = run.state === 'paused' || run.state === 'stopped'
  const close = () => setAsked(null)
  return (
    <section aria-labelledby="kept-heading" className={styles.kept}>
      <h2 id="kept-heading">Kept checkpoints</h2>
      {kept === null ? null : (
        <p className={styles.quiet}>
          {`${bytes(kept.bytes)} on the disk. `}
          {canGoBack ? '' : 'To take the run back to one of them, pause it first.'}
        </p>
      )}
      <ul className={styles.list} data-testid="kept-list">
        {(kept?.checkpoints ?? []).toReversed().map((one) => (
          <li key={one.step}>
            <div className={styles.what}>
              <strong>Step {count(one.step)}</strong> <span className={styles.quiet}>{describe(one)}</span>
            </div>
            <div className={styles.buttons}>
              <Button
                disabled={isBusy}
                aria-label={`Fork from step ${one.step} …`}
                onClick={() => setAsked({ what: 'fork', step: one.step })}
              >
                Fork …
              </Button>
              {canGoBack ? (
                <Button
                  weight="grave"
                  disabled={isBusy}
                  aria-label={`Go back to step ${one.step} …`}
                  onClick={() => setAsked({ what: 'rollback', step: one.step })}
                >
                  Go back …
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {asked?.what === 'fork' ? (
        <ForkDialog
          run={run}
          step={asked.step}
          onClose={close}
          onFork={(wish) => {
            close()
            void send('fork', { step: asked.step, ...wish }, `“${wish.name}” begins with step ${asked.step}.`)
          }}
        />
      ) : null}
      {asked?.what === 'rollback' ? (
        <RollbackDialog
          run={run}
          step={asked.step}
          onClose={close}
          onGoBack={(changes) => {
            close()
            const done = `“${run.name}” is at step ${asked.step} again, paused. Resume it to go on from there.`
            void send('rollback', { step: asked.step, changes }, done)
          }}
        />
      ) : null}
    </section>
  )
}

function describe(one: KeptCheckpoint): string {
  const accuracy = one.evaluation === null ? '' : `, ${percent(one.evaluation.top1)} right`
  return `epoch ${one.epoch.toFixed(1)}${accuracy}. ${keptWords(one)}.`
}
