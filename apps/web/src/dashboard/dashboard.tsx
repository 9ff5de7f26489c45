'use client'
import { useState } from 'react'
import { useLiveStatus } from '../site/live-status.ts'
import styles from './dashboard.module.css'
import { EventLog } from './event-log.tsx'
import { Login } from './login.tsx'
import { useOperator } from './operator.ts'
import { RunView } from './run-view.tsx'
import { WorkersTable } from './workers-table.tsx'

export function Dashboard() {
  const { session, login, logout } = useOperator()
  const { status, online } = useLiveStatus()
  const [chosen, setChosen] = useState<string | null>(null)
  if (session.kind === 'asking') return <p role="status">Opening the dashboard …</p>
  if (session.kind === 'stranger') return <Login note={session.note} onToken={login} />
  const runs = status?.runs ?? []
  const run =
    runs.find(({ id }) => id === chosen) ?? runs.findLast(({ state }) => state === 'running') ?? runs.at(-1)
  return (
    <div className={styles.layout}>
      <aside className={styles.side}>
        <h2>Runs</h2>
        {runs.length === 0 && <p className="faded">None yet. “npx worldflora train RUN.json” starts one.</p>}
        <ul>
          {runs.map(({ id, name, state }) => (
            <li key={id}>
              <button type="button" aria-pressed={id === run?.id} onClick={() => setChosen(id)}>
                {name} <span className="faded">{state}</span>
              </button>
            </li>
          ))}
        </ul>
        <h2>Published model</h2>
        <p className="faded">
          {status?.model
            ? `${status.model.species} species, checkpoint ${status.model.checkpoint.slice(0, 12)}`
            : 'None yet.'}
        </p>
        <button type="button" onClick={logout}>
          Log out
        </button>
      </aside>
      <div className={styles.main}>
        {!online && <p className="notice">The coordinator cannot be reached. What you see may be old.</p>}
        {run === undefined ? (
          <h1>No runs yet</h1>
        ) : (
          <RunView key={run.id} run={run} workers={status?.workers ?? 0} />
        )}
        <WorkersTable />
        <EventLog step={run?.step ?? 0} />
      </div>
    </div>
  )
}
