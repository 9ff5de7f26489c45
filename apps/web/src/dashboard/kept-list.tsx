/** The checkpoints that a run can be forked from or taken back to, and what they weigh on the disk. */
'use client'

import type { KeptCheckpoint } from '@worldflora/protocol/kept-checkpoints'
import type { RunStatus } from '@worldflora/protocol/runs'
import { useState } from 'react'
import { parseKept } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { Button } from '../design/button.tsx'
import { FaultLine } from '../design/fault-line.tsx'
import { bytes, count, percent } from '../words/amounts.ts'
import { ForkDialog } from './fork-dialog.tsx'
import styles from './kept-list.module.css'
import { keptWords } from './kept-words.ts'
import { RetentionField } from './retention-field.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'

const REST_MS = 2000

type Asked = { what: 'fork' | 'rollback'; step: number }

export function KeptList({ run }: { run: RunStatus }) {
  const [said, setSaid] = useState('')
  const [asked, setAsked] = useState<Asked | null>(null)
  const { value: kept, rejection } = useReading(`/api/runs/${run.id}/checkpoints`, parseKept, {
    news: `${run.step} ${run.state} ${run.measured} ${run.evaluation?.step} ${said}`,
    restMs: REST_MS,
  })
  const canGoBack = run.state === 'paused' || run.state === 'stopped'
  const close = () => setAsked(null)
  const ask = (what: Asked['what'], step: number) => {
    setSaid('')
    setAsked({ what, step })
  }
  const done = (words: string) => {
    close()
    setSaid(words)
  }
  return (
    <section aria-labelledby="kept-heading" className={styles.kept}>
      <h2 id="kept-heading">Kept checkpoints</h2>
      <FaultLine rejection={rejection} />
      {kept === null ? null : (
        <p className={styles.quiet}>{`${bytes(kept.bytes)} on the disk. ${backWords(run)}`}</p>
      )}
      <ul className={styles.list} data-testid="kept-list">
        {(kept?.checkpoints ?? []).toReversed().map((one) => (
          <li key={one.step}>
            <div className={styles.what}>
              <strong>Step {count(one.step)}</strong> <span className={styles.quiet}>{describe(one)}</span>
            </div>
            <div className={styles.buttons}>
              <Button
                aria-label={`Fork from step ${count(one.step)} …`}
                onClick={() => ask('fork', one.step)}
              >
                Fork …
              </Button>
              {canGoBack ? (
                <Button
                  weight="grave"
                  aria-label={`Go back to step ${count(one.step)} …`}
                  onClick={() => ask('rollback', one.step)}
                >
                  Go back …
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {kept === null ? null : <RetentionField run={run} kept={kept} onDone={setSaid} />}
      <p role="status" className={styles.quiet}>
        {said}
      </p>
      {asked?.what === 'fork' ? (
        <ForkDialog run={run} step={asked.step} onClose={close} onDone={done} />
      ) : null}
      {asked?.what === 'rollback' ? (
        <RollbackDialog run={run} step={asked.step} onClose={close} onDone={done} />
      ) : null}
    </section>
  )
}

function backWords({ state }: RunStatus): string {
  switch (state) {
    case 'running':
      return 'To take the run back to one of them, pause it first.'
    case 'finished':
      return 'A finished run is not taken back: fork it.'
    case 'paused':
    case 'stopped':
      return ''
  }
}

function describe(one: KeptCheckpoint): string {
  const accuracy = one.evaluation === null ? '' : `, ${percent(one.evaluation.top1)} right`
  return `epoch ${one.epoch.toFixed(1)}${accuracy}. ${keptWords(one)}.`
}
