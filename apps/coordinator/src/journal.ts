/** The readable log: what happened, in a sentence, for the operator. Technical detail goes to the process's own log. */
import type { LogEvent } from '@worldflora/protocol/http'
import type { RunId } from '@worldflora/protocol/ids'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import { Queue } from './queue.ts'
import type { Store } from './store/store.ts'

const EVENTS_SHOWN = 200
/** More than the store keeps up with is noise (workers that come and go in crowds): it goes to the process's log only. */
const WAITING_AT_MOST = 100

export type Journal = {
  note(kind: string, run: RunId | null, text: string): void
  /** Newest first. */
  latest(): Promise<LogEvent[]>
  drained(): Promise<void>
}

/** Writing never holds anybody up, and a log line that cannot be written stops nothing. */
export function openJournal(store: Store, clock: Clock, log: Logger): Journal {
  const writes = new Queue()
  let waiting = 0
  return {
    note(kind, run, text) {
      log.info({ kind, run }, text)
      if (waiting >= WAITING_AT_MOST) return
      waiting++
      const event = { at: clock.date().toISOString(), kind, run, text }
      writes
        .add(() => store.appendEvent(event))
        .catch((err) => log.error({ err }, 'the log could not be written'))
        .finally(() => {
          waiting--
        })
    },
    async latest() {
      await writes.drained()
      return store.listEvents(EVENTS_SHOWN)
    },
    drained: () => writes.drained(),
  }
}
