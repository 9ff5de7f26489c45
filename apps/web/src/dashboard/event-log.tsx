'use client'
import { LogEvent } from '@worldflora/protocol/http'
import * as v from 'valibot'
import styles from './dashboard.module.css'
import { useAnswer } from './polled.ts'

const LogEvents = v.array(LogEvent)

/** `step`: asked for again with each. */
export function EventLog({ step }: { step: number }) {
  const events = useAnswer(LogEvents, '/api/events', step) ?? []
  return (
    <section aria-labelledby="events-heading">
      <h2 id="events-heading">What happened</h2>
      {events.length === 0 && <p className="faded">Nothing worth a line yet.</p>}
      <ol className={styles.events}>
        {events.map(({ at, text, run }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no other name
          <li key={`${at} ${i}`}>
            <time dateTime={at} className="faded numbers">
              {new Date(at).toLocaleTimeString()}
            </time>{' '}
            {run !== null && <b>{run}</b>} {text}
          </li>
        ))}
      </ol>
    </section>
  )
}
