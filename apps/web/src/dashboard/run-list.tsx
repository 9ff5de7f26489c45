/** All runs, to choose one from; and the model that the site identifies with. */

import type { Rejection } from '@worldflora/protocol/rejection'
import type { RunStatus } from '@worldflora/protocol/runs'
import type { Status } from '@worldflora/protocol/status'
import { Button } from '../design/button.tsx'
import { count, counted, percent } from '../words/amounts.ts'
import { ModelTrust } from './model-trust.tsx'
import styles from './run-list.module.css'

/** Where a link to the runs leads. */
export const RUN_LIST = 'runs'

export function RunList({
  runs,
  chosen,
  onChoose,
  model,
  onLogout,
  logoutFault,
}: {
  runs: readonly RunStatus[]
  chosen: string | null
  onChoose: (id: string) => void
  model: Status['model']
  onLogout: () => void
  logoutFault: Rejection | null
}) {
  return (
    <aside className={styles.side} aria-label="Runs and model">
      <section id={RUN_LIST}>
        <h2>Runs</h2>
        {runs.length === 0 ? <p className={styles.quiet}>None yet.</p> : null}
        <ul>
          {runs.toReversed().map((run) => (
            <li key={run.id}>
              <button
                type="button"
                className={styles.run}
                aria-pressed={run.id === chosen}
                onClick={() => onChoose(run.id)}
              >
                <span className={styles.name}>{run.name}</span>
                <span className={styles.quiet}>{summaryOf(run)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Published model</h2>
        <p className={styles.quiet}>
          {model === null
            ? 'None yet: publish a run, and people can identify plants with it.'
            : `${counted(model.species, 'species', 'species')}, checkpoint ${model.checkpoint.slice(0, 12)}`}
        </p>
        {model === null ? null : (
          <ModelTrust news={`${model.id} ${model.isCalibrated}`} className={styles.quiet} />
        )}
      </section>
      <div>
        <Button onClick={onLogout}>Log out</Button>
        <p role="alert" className={styles.fault}>
          {logoutFault === null ? '' : `You are still logged in. ${logoutFault.message}`}
        </p>
      </div>
    </aside>
  )
}

function summaryOf({ state, hint, step, steps, evaluation }: RunStatus): string {
  const accuracy = evaluation === null ? '' : `, ${percent(evaluation.top1)} right`
  const now = hint === undefined ? state : `${state}, waiting for workers`
  return `${now}, step ${count(step)} of ${count(steps)}${accuracy}`
}
