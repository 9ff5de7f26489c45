/** The run this machine takes part in: its progress, how good the model is, and the step in flight as a ring. */
'use client'

import type { Status } from '@worldflora/protocol/http'
import type { Evaluation, RunStatus } from '@worldflora/protocol/messages'
import type { Activity } from '@worldflora/worker/browser'
import { useEffect, useState } from 'react'
import type { LiveStatus } from '../coordinator/use-status.ts'
import { ProgressLine } from '../design/progress-line.tsx'
import { count, counted, percent } from '../words/amounts.ts'
import { ownPart, useShares } from './own-part.ts'
import styles from './run-part.module.css'
import { StepRing } from './step-ring.tsx'

export function RunPart({
  run,
  status,
  connection,
  activity,
}: {
  run: RunStatus | null
  status: Status | null
  connection: LiveStatus['connection']
  activity: Activity | null
}) {
  const since = useFirstEvaluation(run)
  const shares = useShares(activity)

  if (run === null || status === null) {
    return (
      <section className={styles.run} aria-label="The run">
        <p className={styles.quiet}>{emptyWords(status, connection)}</p>
      </section>
    )
  }
  const { mine, inHand } = ownPart(run, shares)
  return (
    <section className={styles.run} aria-label="The run">
      <StepRing tasks={{ ...run.tasks, mine, inHand }} label={ringWords(run, mine, inHand)} />
      <div className={styles.words}>
        <h2 className={styles.name}>{run.name}</h2>
        <p className={styles.quiet}>{peopleWords(run, status.workers)}</p>
        <ProgressLine
          done={run.step}
          total={run.steps}
          label={`Step ${count(run.step)} of ${count(run.steps)}`}
        />
        <p>{accuracyWords(run.evaluation, since)}</p>
      </div>
    </section>
  )
}

function ringWords({ step, tasks }: RunStatus, mine: number, inHand: number): string {
  const inHands = inHand === 0 ? '' : `; ${count(inHand)} in your hands`
  return `Step ${count(step + 1)}: ${count(tasks.accepted)} of ${count(tasks.total)} pieces in, ${count(mine)} of them yours${inHands}`
}

function emptyWords(status: Status | null, connection: LiveStatus['connection']): string {
  if (connection === 'away')
    return 'The site does not answer just now. This page goes on by itself when it does.'
  if (status === null) return 'Looking for a run …'
  return 'There is no run to train just now. You may start anyway: work begins as soon as there is some.'
}

function peopleWords({ flora, state }: RunStatus, workers: number): string {
  switch (state) {
    case 'running':
      return `Flora ${flora}, ${counted(workers, 'machine')} now`
    case 'paused':
      return `Flora ${flora}; paused for now`
    case 'stopped':
      return `Flora ${flora}; stopped`
    case 'finished':
      return `Flora ${flora}; finished. Thank you.`
  }
}

function accuracyWords(now: Evaluation | null, since: Evaluation | null): string {
  if (now === null) return 'How good it is will be measured soon, on photos it has not seen.'
  const words = `It names ${percent(now.top1)} of photos it has never seen`
  if (since === null || since.step === now.step) return `${words}.`
  return `${words}; ${percent(since.top1)} when you came.`
}

/** The first evaluation of the run that this page saw: the model when the volunteer came. */
function useFirstEvaluation(run: RunStatus | null): Evaluation | null {
  const [first, setFirst] = useState<{ run: string; evaluation: Evaluation } | null>(null)
  useEffect(() => {
    if (run?.evaluation && first?.run !== run.id) setFirst({ run: run.id, evaluation: run.evaluation })
  }, [run, first])
  return first !== null && first.run === run?.id ? first.evaluation : null
}
