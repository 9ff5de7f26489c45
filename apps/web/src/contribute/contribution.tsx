/** One button. After it: what this machine does now, the step it takes part in, and what came of it. */
'use client'

import { useEffect, useState } from 'react'
import { useStatus } from '../coordinator/use-status.ts'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import { RefusalParts } from '../design/refusal-parts.tsx'
import { useTexts } from '../languages/use-texts.ts'
import { activityWords } from './activity-words.ts'
import styles from './contribution.module.css'
import { CoresField } from './cores-field.tsx'
import { hostOf, type Lack, lacksOf } from './lacks.ts'
import { RunPart } from './run-part.tsx'
import { Sums } from './sums.tsx'
import { TaskPhotos } from './task-photos.tsx'
import { useContribution } from './use-contribution.ts'
import { useCores } from './use-cores.ts'

export function Contribution() {
  const t = useTexts('contribute')
  const cores = useCores()
  const { state, last, start, stop } = useContribution(cores.cores)
  const { status, connection } = useStatus()
  const lacks = useLacks()
  const isOn = state.kind === 'contributing' || state.kind === 'reloading'
  const activity = state.kind === 'contributing' ? state.activity : null
  const runs = status?.runs ?? []
  const run =
    runs.find(({ id }) => id === (activity ?? last)?.run?.id) ??
    runs.find((one) => one.state === 'running') ??
    runs.at(-1)

  return (
    <div className={styles.page}>
      <section className={styles.now} aria-label={t('machine')}>
        <h1>{isOn ? t('headingOn') : t('headingOff')}</h1>
        {isOn ? (
          <p className={styles.activity} data-testid="activity">
            {state.kind === 'reloading' ? t('reloading') : activityWords(t, activity)}
          </p>
        ) : (
          <p className={styles.lead}>{t('lead')}</p>
        )}
        <div>
          {isOn ? (
            <Button onClick={stop}>{t('stop')}</Button>
          ) : (
            <Button weight="strong" onClick={() => void start()}>
              {t('start')}
            </Button>
          )}
        </div>
        <CoresField {...cores} />
        {isOn ? <TaskPhotos photos={activity?.task?.photos ?? null} /> : null}
        {state.kind === 'ended' ? (
          <Notice tone="warm" said="at-once" title={t('ended')}>
            <RefusalParts rejection={state.rejection} />
          </Notice>
        ) : null}
        {lacks.length === 0 ? null : (
          <Notice tone="calm" title={t('lacksTitle')}>
            {lacks.map((lack) => (
              <p key={lack}>{t(`lacks.${lack}`)}</p>
            ))}
          </Notice>
        )}
        <p className="visually-hidden" aria-live="polite">
          {isOn ? t('isOn') : t('isOff')}
        </p>
      </section>
      <RunPart run={run ?? null} status={status} connection={connection} activity={activity} />
      {last === null ? null : <Sums activity={last} isOn={isOn} />}
    </div>
  )
}

function useLacks(): Lack[] {
  const [lacks, setLacks] = useState<Lack[]>([])
  useEffect(() => setLacks(lacksOf(hostOf(window))), [])
  return lacks
}
