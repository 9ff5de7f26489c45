'use client'
import { WorkerSummary } from '@worldflora/protocol/http'
import { useState } from 'react'
import * as v from 'valibot'
import { count, rate } from '../site/words.ts'
import styles from './dashboard.module.css'
import { useAnswer, useTick } from './polled.ts'

const WorkerList = v.array(WorkerSummary)
const REFRESH_MS = 2000
const MOST_ROWS = 200

const COLUMNS = [
  ['Worker', (worker: WorkerSummary) => worker.id],
  ['Kind', kindOf],
  ['Doing', doing],
  ['Images', (worker: WorkerSummary) => worker.images],
  ['Images/s', (worker: WorkerSummary) => worker.imagesPerSecond ?? 0],
] as const

export function WorkersTable() {
  const workers = useAnswer(WorkerList, '/api/workers', useTick(REFRESH_MS)) ?? []
  const [order, setOrder] = useState<{ column: number; down: boolean }>({ column: 4, down: true })
  const [filter, setFilter] = useState('')
  const here = workers.filter(
    (worker) => worker.connected && `${worker.id} ${kindOf(worker)} ${doing(worker)}`.includes(filter),
  )
  const value = COLUMNS[order.column]![1]
  const sorted = here.sort((a, b) => (order.down ? -1 : 1) * compare(value(a), value(b)))
  return (
    <section aria-labelledby="workers-heading">
      <h2 id="workers-heading">Workers now: {count(here.length)}</h2>
      <p>
        <label>
          Filter <input type="text" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </label>
      </p>
      <div className={styles.scroll}>
        <table className="numbers" data-testid="workers-table">
          <thead>
            <tr>
              {COLUMNS.map(([name], column) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={order.column === column ? (order.down ? 'descending' : 'ascending') : 'none'}
                >
                  <button
                    type="button"
                    onClick={() => setOrder({ column, down: order.column === column ? !order.down : true })}
                  >
                    {name}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_ROWS).map((worker) => (
              <tr key={worker.id}>
                <td>{worker.id.slice(0, 10)}</td>
                <td>{kindOf(worker)}</td>
                <td>{doing(worker)}</td>
                <td>{count(worker.images)}</td>
                <td>{worker.imagesPerSecond === null ? '–' : rate(worker.imagesPerSecond)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > MOST_ROWS && <p className="faded">The first {MOST_ROWS}; filter to see others.</p>}
      {here.length === 0 && (
        <p className="faded">Nobody at the moment. Every open “Contribute” page is a worker.</p>
      )}
    </section>
  )
}

function kindOf({ host, backend }: WorkerSummary): string {
  const compute = { wasm: 'WASM', webgpu: 'WebGPU', cpu: 'plain JavaScript' }[backend]
  return `${host === 'browser' ? 'Tab' : 'Node'}, ${compute}`
}

function doing({ working }: WorkerSummary): string {
  if (working === null) return 'waiting'
  const what = working.kind === 'evaluate' ? 'evaluating' : 'training'
  return `${what} ${working.run}, step ${count(working.step)}, task ${count(working.task)}`
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
}
