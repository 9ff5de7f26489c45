/** One button. After it: what this machine does now, the step it takes part in, and what came of it. */
'use client'

import { useEffect, useState } from 'react'
import { useStatus } from '../coordinator/use-status.ts'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import { activityWords } from './activity-words.ts'
import styles from './contribution.module.css'
import { CoresField } from './cores-field.tsx'
import { hostOf, lacksOf } from './lacks.ts'
import { RunPart } from './run-part.tsx'
import { Sums } from './sums.tsx'
import { TaskPhotos } from './task-photos.tsx'
import { useContribution } from './use-contribution.ts'
import { useCores } from './use-cores.ts'

export function Contribution() {
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
      <section className={styles.now} aria-label="This machine">
        <h1>{isOn ? 'Your machine is learning plants' : 'Lend your machine to a flora'}</h1>
        {isOn ? (
          <p className={styles.activity} data-testid="activity">
            {state.kind === 'reloading'
              ? 'The site has a newer version: loading it …'
              : activityWords(activity)}
          </p>
        ) : (
          <p className={styles.lead}>
            Your browser fetches a few photos at a time, works out what a model can learn from them, and sends
            that back. Stop or close the tab whenever you like: nothing is lost, nothing is installed.
          </p>
        )}
        <div>
          {isOn ? (
            <Button onClick={stop}>Stop</Button>
          ) : (
            <Button weight="strong" onClick={() => void start()}>
              Start contributing
            </Button>
          )}
        </div>
        <CoresField {...cores} />
        {isOn ? <TaskPhotos photos={activity?.task?.photos ?? null} /> : null}
        {state.kind === 'ended' ? (
          <Notice tone="warm" said="at-once" title="Contributing has ended">
            <p>{state.rejection.message}</p>
            <p>{state.rejection.action}</p>
          </Notice>
        ) : null}
        {lacks.length === 0 ? null : (
          <Notice tone="calm" title="It works here, with less">
            {lacks.map((lack) => (
              <p key={lack}>{lack}</p>
            ))}
          </Notice>
        )}
        <p className="visually-hidden" aria-live="polite">
          {isOn ? 'Contributing' : 'Not contributing'}
        </p>
      </section>
      <RunPart run={run ?? null} status={status} connection={connection} activity={activity} />
      {last === null ? null : <Sums activity={last} isOn={isOn} />}
    </div>
  )
}

function useLacks(): string[] {
  const [lacks, setLacks] = useState<string[]>([])
  useEffect(() => setLacks(lacksOf(hostOf(window))), [])
  return lacks
}
