/** The run this machine takes part in: its progress, how good the model is, and the step in flight as a ring. */
'use client'

import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { RunStatus } from '@worldflora/protocol/runs'
import type { Status } from '@worldflora/protocol/status'
import type { Activity } from '@worldflora/worker/browser'
import { useEffect, useState } from 'react'
import type { LiveStatus } from '../coordinator/use-status.ts'
import { ProgressLine } from '../design/progress-line.tsx'
import type { Amounts } from '../languages/amounts.ts'
import { type Texts, useAmounts, useTexts } from '../languages/use-texts.ts'
import { ownPart, useShares } from './own-part.ts'
import styles from './run-part.module.css'
import { StepRing } from './step-ring.tsx'

type T = Texts<'contribute'>

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
  const t = useTexts('contribute')
  const amounts = useAmounts()
  const { count } = amounts
  const since = useFirstEvaluation(run)
  const shares = useShares(activity)

  if (run === null || status === null) {
    return (
      <section className={styles.run} aria-label={t('run')}>
        <p className={styles.quiet}>{emptyWords(t, status, connection)}</p>
      </section>
    )
  }
  const { mine, inHand } = ownPart(run, shares)
  return (
    <section className={styles.run} aria-label={t('run')}>
      {hasNoStep(run) ? null : (
        <StepRing
          tasks={{ ...run.tasks, mine, inHand }}
          label={ringWords(t, amounts, { run, mine, inHand })}
        />
      )}
      <div className={styles.words}>
        <h2 className={styles.name}>{run.name}</h2>
        <p className={styles.quiet}>{peopleWords(t, run, status.workers)}</p>
        <ProgressLine
          done={run.step}
          total={run.steps}
          label={t('step', { step: count(run.step), steps: count(run.steps) })}
        />
        <p>{accuracyWords(t, amounts, run.evaluation, since)}</p>
      </div>
    </section>
  )
}

/** Between two steps of a running one the ring stays. */
function hasNoStep({ state, tasks }: RunStatus): boolean {
  return state !== 'running' && tasks.total === 0
}

function ringWords(
  t: T,
  { count }: Amounts,
  { run: { step, tasks }, mine, inHand }: { run: RunStatus; mine: number; inHand: number },
): string {
  const words = {
    step: count(step + 1),
    accepted: count(tasks.accepted),
    total: count(tasks.total),
    mine: count(mine),
  }
  return inHand === 0 ? t('ring', words) : t('ringInHand', { ...words, inHand: count(inHand) })
}

function emptyWords(t: T, status: Status | null, connection: LiveStatus['connection']): string {
  if (connection === 'away') return t('siteAway')
  if (status === null) return t('lookingForRun')
  return t('noRun')
}

function peopleWords(t: T, { flora, state }: RunStatus, machines: number): string {
  switch (state) {
    case 'running':
      return t('running', { flora, machines })
    case 'paused':
      return t('paused', { flora })
    case 'stopped':
      return t('stopped', { flora })
    case 'finished':
      return t('finished', { flora })
  }
}

function accuracyWords(t: T, { percent }: Amounts, now: Evaluation | null, since: Evaluation | null): string {
  if (now === null) return t('unmeasured')
  const share = percent(now.top1)
  if (since === null || since.step === now.step) return t('accuracy', { share })
  return t('accuracySince', { share, before: percent(since.top1) })
}

/** The first evaluation of the run that this page saw: the model when the volunteer came. */
function useFirstEvaluation(run: RunStatus | null): Evaluation | null {
  const [first, setFirst] = useState<{ run: string; evaluation: Evaluation } | null>(null)
  useEffect(() => {
    if (run?.evaluation && first?.run !== run.id) setFirst({ run: run.id, evaluation: run.evaluation })
  }, [run, first])
  return first !== null && first.run === run?.id ? first.evaluation : null
}
