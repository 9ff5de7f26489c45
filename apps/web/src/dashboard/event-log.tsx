/** What happened, newest first, in sentences. */
'use client'

import { parseEvents } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { FaultLine } from '../design/fault-line.tsx'
import { timeOfDay } from '../words/amounts.ts'
import styles from './event-log.module.css'

const REST_MS = 3000

export function EventLog({ news }: { news: unknown }) {
  const { value: events, rejection } = useReading('/api/events', parseEvents, { news, restMs: REST_MS })
  const nowMs = Date.now()
  return (
    <section aria-labelledby="events-heading" className={styles.log}>
      <h2 id="events-heading">What happened</h2>
      <FaultLine rejection={rejection} />
      {events?.length === 0 ? <p>Nothing worth a line yet.</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.events} tabIndex={0} aria-label="Log">
        <ol>
          {events?.map(({ at, text }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, an event keeps its number
            <li key={`${at} ${events.length - i}`}>
              <time dateTime={at}>{timeOfDay(Date.parse(at), nowMs)}</time>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </section>
    </section>
  )
}
