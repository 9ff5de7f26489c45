/** The label of the sheet: what the site's model knows and what it is learning now. */
'use client'

import { useStatus } from '../coordinator/use-status.ts'
import { counted, percent } from '../words/amounts.ts'
import styles from './label.module.css'

export function Label() {
  const { status, connection } = useStatus()
  const run = status?.runs.find(({ state }) => state === 'running') ?? null
  return (
    <section className={styles.label} aria-label="Now">
      <p className={styles.flora}>
        {status === null ? 'Worldflora' : (run?.flora ?? status.runs[0]?.flora ?? 'Worldflora')}
      </p>
      {status === null ? (
        <p>{connection === 'away' ? 'The site is out of reach just now.' : 'Looking …'}</p>
      ) : (
        <>
          <p>
            {status.model === null
              ? 'No model yet'
              : `${counted(status.model.species, 'species', 'species')} known`}
          </p>
          <p>{learningWords(run !== null, status.workers)}</p>
          {run?.evaluation ? <p>{percent(run.evaluation.top1)} of held-back photos named right</p> : null}
        </>
      )}
    </section>
  )
}

function learningWords(isTraining: boolean, workers: number): string {
  if (!isTraining) return 'No training just now'
  return workers === 0 ? 'Waiting for machines to learn with' : `Learning with ${counted(workers, 'machine')}`
}
