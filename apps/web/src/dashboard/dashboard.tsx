/** The operator's page: the runs, one of them large, the workers, what happened. */
'use client'

import type { Rejection } from '@worldflora/protocol/rejection'
import type { Status } from '@worldflora/protocol/status'
import { useEffect, useState } from 'react'
import type { LiveStatus } from '../coordinator/use-status.ts'
import { useStatus } from '../coordinator/use-status.ts'
import { Notice } from '../design/notice.tsx'
import { count } from '../words/amounts.ts'
import { ApiKeys } from './api-keys.tsx'
import styles from './dashboard.module.css'
import { EventLog } from './event-log.tsx'
import { HealthPanel } from './health-panel.tsx'
import { Login } from './login.tsx'
import { useOperator } from './operator.ts'
import { ReviewQueue } from './review-queue.tsx'
import { RUN_LIST, RunList } from './run-list.tsx'
import { RunView } from './run-view.tsx'
import { WorkersTable } from './workers-table.tsx'

/** A worker that comes, or a disk that fills up while no run goes on, is announced to nobody. */
const AGAIN_MS = 5000

/** There the list of runs is at the end: who has chosen one is brought to it. */
const NARROW = '(max-width: 59.99rem)'

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
      return <Overview onLogout={() => void logout()} fault={session.fault} />
  }
}

function Overview({ onLogout, fault }: { onLogout: () => void; fault: Rejection | null }) {
  const { status, connection } = useStatus({ againMs: AGAIN_MS })
  const [chosen, setChosen] = useState<string | null>(null)
  const runs = status?.runs ?? []
  const run =
    runs.find(({ id }) => id === chosen) ?? runs.findLast(({ state }) => state === 'running') ?? runs.at(-1)
  const shown = run?.id ?? null
  // It stays, whatever run begins while somebody works on this one.
  useEffect(() => setChosen(shown), [shown])
  return (
    <div className={styles.page}>
      <RunList
        runs={runs}
        chosen={run?.id ?? null}
        onChoose={(id) => {
          setChosen(id)
          if (matchMedia(NARROW).matches) goTo('main')
        }}
        model={status?.model ?? null}
        onLogout={onLogout}
        logoutFault={fault}
      />
      <div className={styles.main}>
        {connection === 'away' ? (
          <Notice tone="warm" said="in-turn" title="The coordinator does not answer">
            <p>What you see may be old. This page goes on by itself when it is back.</p>
          </Notice>
        ) : null}
        {status?.trouble === undefined ? null : <Trouble {...status.trouble} />}
        <nav aria-label="On this page" className={`${styles.ways} screen-only`}>
          {runs.length > 1 ? (
            <a className={styles.toRuns} href={`#${RUN_LIST}`}>
              All {count(runs.length)} runs
            </a>
          ) : null}
          <a href="#workers-heading">Workers</a>
          <a href="#events-heading">Log</a>
          <a href="#review-heading">Given photos</a>
          <a href="#keys-heading">Keys</a>
        </nav>
        {run === undefined ? (
          <NoRun status={status} />
        ) : (
          <RunView key={run.id} run={run} workers={status?.workers ?? 0} />
        )}
        <WorkersTable news={status} />
        <div className={styles.pair}>
          <EventLog news={status} />
          <HealthPanel news={status} />
        </div>
        <ReviewQueue news={status} />
        <ApiKeys news={status} />
      </div>
    </div>
  )
}

function goTo(id: string): void {
  const place = document.getElementById(id)
  place?.focus({ preventScroll: true })
  place?.scrollIntoView()
}

/** DU2: what is wrong with the data folder, before anything else on the page. */
function Trouble({ message, action }: NonNullable<Status['trouble']>) {
  return (
    <Notice tone="warm" said="at-once" title={message}>
      <p data-testid="trouble">{action}</p>
    </Notice>
  )
}

function NoRun({ status }: Pick<LiveStatus, 'status'>) {
  return (
    <section className={styles.empty}>
      <h1>{status === null ? 'Looking for runs …' : 'No runs yet'}</h1>
      {status === null ? null : (
        <p>
          <code>npx worldflora train RUN.json</code> starts one.
        </p>
      )}
    </section>
  )
}
