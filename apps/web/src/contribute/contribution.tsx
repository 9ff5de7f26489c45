'use client'
import type { Activity } from '@worldflora/worker/browser'
import { useEffect, useState } from 'react'
import { useLiveStatus } from '../site/live-status.ts'
import { count, megabytes, percent, rate, runSentence } from '../site/words.ts'
import styles from './contribution.module.css'
import { StepRing } from './step-ring.tsx'
import { TaskPhotos } from './task-photos.tsx'
import { useWorker } from './use-worker.ts'

export function Contribution() {
  const { state, start, stop } = useWorker()
  const { status, online } = useLiveStatus()
  const activity = state.kind === 'working' ? state.activity : null
  const run =
    status?.runs.find(({ id }) => id === activity?.run?.id) ??
    status?.runs.find((run) => run.state === 'running')
  return (
    <>
      <p>
        Press start, and this tab helps to train a plant recogniser for as long as you leave it open. Close it
        whenever you like: the piece it was working on goes to somebody else, and nothing is lost.
      </p>
      <div className="row">
        {state.kind === 'working' ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="button" className="primary" onClick={start} disabled={state.kind === 'stopping'}>
            Start contributing
          </button>
        )}
        <span aria-live="polite" data-testid="activity">
          {state.kind === 'working' ? doing(activity) : state.kind === 'stopping' ? 'Stopping.' : ''}
        </span>
      </div>
      {state.kind === 'stopped' && state.note !== null && (
        <p className="notice" role="alert">
          {state.note}
        </p>
      )}
      {!online && (
        <p className="notice">
          The site cannot be reached at the moment. This page goes on by itself when it can.
        </p>
      )}
      <Missing />
      {activity !== null && <Work activity={activity} tasks={run?.tasks ?? null} />}
      {run === undefined ? (
        <p className="faded">
          {status === null ? 'Asking what there is to do …' : 'No run is under way at the moment.'}
        </p>
      ) : (
        <section aria-labelledby="run-heading">
          <h2 id="run-heading">The run “{run.name}”</h2>
          <p className="numbers">{runSentence(run, status?.workers ?? 0)}</p>
          {run.evaluation !== null && (
            <p className="numbers">
              On plants it has never seen, the first guess is right for{' '}
              {percent(run.evaluation.observations.top1)} of them; chance would be far less.
            </p>
          )}
          <progress
            className={styles.progress}
            max={run.steps}
            value={run.step}
            aria-label="Steps of the run that are through"
          />
        </section>
      )}
    </>
  )
}

function Work({
  activity,
  tasks,
}: {
  activity: Activity
  tasks: { accepted: number; total: number } | null
}) {
  return (
    <section aria-label="What this machine does" className={styles.work}>
      <div className={styles.picture}>
        <TaskPhotos photos={activity.task?.photos ?? []} />
        {tasks !== null && <StepRing tasks={tasks} />}
      </div>
      <dl className="figures">
        <Figure name="Images done" testId="images-done" value={count(activity.imagesDone)} />
        <Figure name="Pieces that became part of a step" value={count(activity.stepsContributed)} />
        <Figure
          name="Pace of this machine"
          value={activity.imagesPerSecond === null ? '–' : `${rate(activity.imagesPerSecond)} images/s`}
        />
        <Figure name="Computes on" testId="backend" value={backendName(activity)} />
        <Figure
          name="Data, down and up"
          value={`${megabytes(activity.bytesDown)}, ${megabytes(activity.bytesUp)}`}
        />
      </dl>
    </section>
  )
}

function Figure({ name, value, testId }: { name: string; value: string; testId?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{value}</dd>
    </div>
  )
}

/** What browsers leave out over plain http on a network, and what follows from it. */
function Missing() {
  const [words, setWords] = useState<string[]>([])
  useEffect(() => {
    const missing: string[] = []
    if (!('gpu' in navigator)) missing.push('WebGPU (this machine computes with WASM instead)')
    if (!('locks' in navigator))
      missing.push('Web Locks (keep this tab visible: a hidden one may be put to sleep)')
    setWords(missing)
  }, [])
  if (words.length === 0) return null
  return (
    <p className="faded">
      Not available here: {words.join('; ')}.{' '}
      {!globalThis.isSecureContext &&
        'Browsers offer these over https only; ask your operator for the https address.'}
    </p>
  )
}

function doing(activity: Activity | null): string {
  if (activity === null) return 'Getting ready: finding out what this machine can do.'
  switch (activity.state) {
    case 'connecting':
      return activity.note ?? 'Connecting.'
    case 'idle':
      return 'Waiting for the next piece of work.'
    case 'fetching':
      return 'Fetching photos and the newest weights.'
    case 'computing':
      return activity.task?.kind === 'evaluate'
        ? 'Checking how well the model does on photos it has never seen.'
        : `Learning from ${activity.task?.images ?? 0} photos.`
    case 'sending':
      return 'Sending what was learnt.'
    case 'ended':
      return activity.note ?? 'Stopped.'
  }
}

function backendName({ backend, adapter }: Activity): string {
  if (backend === null) return '…'
  if (backend === 'webgpu') return adapter === null ? 'WebGPU' : `WebGPU (${adapter})`
  return backend === 'wasm' ? 'WASM (processor)' : 'plain JavaScript'
}
