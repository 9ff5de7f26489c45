/** Who computes now. Sorts and filters at once; of thousands the first rows are shown. */
'use client'

import { useMemo, useState } from 'react'
import { parseWorkers } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { FaultLine } from '../design/fault-line.tsx'
import { count, perSecond } from '../words/amounts.ts'
import { doingOf, kindOf, rowsOf, type WorkerColumn, type WorkerOrder } from './worker-rows.ts'
import styles from './workers-table.module.css'

const REST_MS = 1500
const MOST_ROWS = 200

const COLUMNS: readonly { column: WorkerColumn; name: string; isNumber: boolean }[] = [
  { column: 'id', name: 'Worker', isNumber: false },
  { column: 'kind', name: 'Kind', isNumber: false },
  { column: 'doing', name: 'Doing', isNumber: false },
  { column: 'images', name: 'Images', isNumber: true },
  { column: 'pace', name: 'Images/s', isNumber: true },
]

export function WorkersTable({ news }: { news: unknown }) {
  const { value, rejection } = useReading('/api/workers', parseWorkers, { news, restMs: REST_MS })
  const [order, setOrder] = useState<WorkerOrder>({ column: 'pace', direction: 'descending' })
  const [filter, setFilter] = useState('')
  const workers = useMemo(() => (value ?? []).filter(({ connected }) => connected), [value])
  const rows = useMemo(() => rowsOf(workers, filter, order), [workers, filter, order])

  const sortBy = (column: WorkerColumn, isNumber: boolean) =>
    setOrder(({ column: before, direction }) => {
      if (before === column)
        return { column, direction: direction === 'ascending' ? 'descending' : 'ascending' }
      return { column, direction: isNumber ? 'descending' : 'ascending' }
    })

  return (
    <section aria-labelledby="workers-heading" className={styles.workers}>
      <div className={styles.head}>
        <h2 id="workers-heading">Workers now: {count(workers.length)}</h2>
        <label className={`${styles.filter} screen-only`}>
          Filter
          <input type="search" value={filter} onChange={(event) => setFilter(event.target.value)} />
        </label>
      </div>
      <FaultLine rejection={rejection} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Table of workers">
        <table data-testid="workers-table">
          <thead>
            <tr>
              {COLUMNS.map(({ column, name, isNumber }) => (
                <th
                  key={column}
                  scope="col"
                  className={isNumber ? styles.figure : undefined}
                  aria-sort={order.column === column ? order.direction : 'none'}
                >
                  <button type="button" onClick={() => sortBy(column, isNumber)}>
                    {name}
                    <span aria-hidden="true">{arrowOf(order, column)}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((worker) => (
              <tr key={worker.id}>
                <td>{worker.id.slice(0, 10)}</td>
                <td>{kindOf(worker)}</td>
                <td>{doingOf(worker)}</td>
                <td className={styles.figure}>{count(worker.images)}</td>
                <td className={styles.figure}>
                  {worker.imagesPerSecond === null ? '–' : perSecond(worker.imagesPerSecond)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={styles.quiet}>{footWords(value !== null, workers.length, rows.length)}</p>
    </section>
  )
}

function arrowOf({ column, direction }: WorkerOrder, of: WorkerColumn): string {
  if (column !== of) return ''
  return direction === 'ascending' ? ' ↑' : ' ↓'
}

function footWords(isKnown: boolean, all: number, found: number): string {
  if (!isKnown) return 'Looking …'
  if (all === 0)
    return 'Nobody just now. Every open contribute page is a worker, and so is npx worldflora work.'
  if (found === 0) return 'No worker fits the filter.'
  return found > MOST_ROWS ? `The first ${MOST_ROWS} of ${count(found)}; filter to see others.` : ''
}
