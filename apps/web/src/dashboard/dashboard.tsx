/** The operator's page: the runs, one of them large, the workers, what happened. */
'use client'

import { useState } from 'react'
import type { LiveStatus } from '../coordinator/use-status.ts'
import { useStatus } from '../coordinator/use-status.ts'
import { Notice } from '../design/notice.tsx'
import styles from './dashboard.module.css'
import { EventLog } from './event-log.tsx'
import { Login } from './login.tsx'
import { useOperator } from './operator.ts'
import { RunList } from './run-list.tsx'
import { RunView } from './run-view.tsx'
import { WorkersTable } from './workers-table.tsx'

export function Dashboard() {
  const { session, login, logout } = useOperator()
  switch (session.kind) {
    case 'asking':
      return (
        <>
          <h1 className="visually-hidden">Dashboard</h1>
          <p role="status">Opening the dashboard …</p>
        </>
      )
    case 'stranger':
      return <Login rejection={session.rejection} onToken={login} />
    case 'operator':
      return <Overview onLogout={() => void logout()} />
  }
}

function Overview({ onLogout }: { onLogout: () => void }) {
  const { status, connection } = useStatus()
  const [chosen, setChosen] = useState<string | null>(null)
  const runs = status?.runs ?? []
  const run =
    runs.find(({ id }) => id === chosen) ?? runs.findLast(({ state }) => state === 'running') ?? runs.at(-1)
  return (
    <div className={styles.page}>
      <RunList
        runs={runs}
        chosen={run?.id ?? null}
        onChoose={setChosen}
        model={status?.model ?? null}
        onLogout={onLogout}
      />
      <div className={styles.main}>
        {connection === 'away' ? (
          <Notice tone="warm" title="The coordinator does not answer">
            <p>What you see may be old. This page goes on by itself when it is back.</p>
          </Notice>
        ) : null}
        {run === undefined ? (
          <NoRun status={status} />
        ) : (
          <RunView key={run.id} run={run} workers={status?.workers ?? 0} />
        )}
        <WorkersTable news={status} />
        <EventLog news={status} />
      </div>
    </div>
  )
}

function NoRun({ status }: Pick<LiveStatus, 'status'>) {
  return (
    <section>
      <h1>{status === null ? 'Looking for runs …' : 'No runs yet'}</h1>
      {status === null ? null : (
        <p>
          <code>npx worldflora train RUN.json</code> starts one.
        </p>
      )}
    </section>
  )
}
