/** What happened, newest first, in sentences. */
'use client'

import { parseEvents } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { timeOfDay } from '../words/amounts.ts'
import styles from './event-log.module.css'

const REST_MS = 3000

export function EventLog({ news }: { news: unknown }) {
  const { value: events, rejection } = useReading('/api/events', parseEvents, { news, restMs: REST_MS })
  const nowMs = Date.now()
  return (
    <section aria-labelledby="events-heading" className={styles.log}>
      <h2 id="events-heading">What happened</h2>
      {rejection === null ? null : <p>{rejection.message}</p>}
      {events?.length === 0 ? <p>Nothing worth a line yet.</p> : null}
      <ol className={styles.events}>
        {events?.map(({ at, text }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, an event keeps its number
          <li key={`${at} ${events.length - i}`}>
            <time dateTime={at}>{timeOfDay(Date.parse(at), nowMs)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
