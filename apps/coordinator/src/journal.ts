/** The readable log: what happened, in a sentence, for the operator. Technical detail goes to the process's own log. */

import type { RunId } from '@worldflora/protocol/ids'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { Store } from './store/store.ts'
import type { Unwritten } from './store/unwritten.ts'

const EVENTS_SHOWN = 200
/** More than the store keeps up with is noise (workers that come and go in crowds): it goes to the process's log only. */
const WAITING_AT_MOST = 100

export type Journal = {
  note(kind: string, run: RunId | null, text: string): void
  /** Newest first; with those that the store could not take yet. */
  latest(): Promise<LogEvent[]>
}

/** Writing never holds anybody up, and a log line that cannot be written stops nothing. */
export function openJournal(store: Store, unwritten: Unwritten, clock: Clock, log: Logger): Journal {
  const waiting = new Set<LogEvent>()
  let count = 0
  return {
    note(kind, run, text) {
      log.info({ kind, run }, text)
      if (waiting.size >= WAITING_AT_MOST) return
      const event = { at: clock.date().toISOString(), kind, run, text }
      waiting.add(event)
      unwritten.add(`event ${count++}`, async () => {
        await store.appendEvent(event)
        waiting.delete(event)
      })
    },
    async latest() {
      await unwritten.tried()
      const written = await store.listEvents(EVENTS_SHOWN)
      return [...[...waiting].reverse(), ...written].slice(0, EVENTS_SHOWN)
    },
  }
}
