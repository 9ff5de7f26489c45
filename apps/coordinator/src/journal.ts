/** The readable log: what happened, in a sentence, for the operator. Technical detail goes to the process's own log. */
import type { LogEvent } from '@worldflora/protocol/http'
import type { RunId } from '@worldflora/protocol/ids'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import { Queue } from './queue.ts'
import type { Store } from './store/store.ts'

const EVENTS_SHOWN = 200

export type Journal = {
  note(kind: string, run: RunId | null, text: string): void
  /** Newest first. */
  latest(): Promise<LogEvent[]>
  drained(): Promise<void>
}

/** Writing never holds anybody up, and a log line that cannot be written stops nothing. */
export function openJournal(store: Store, clock: Clock, log: Logger): Journal {
  const writes = new Queue()
  return {
    note(kind, run, text) {
      log.info({ kind, run }, text)
      const event = { at: clock.date().toISOString(), kind, run, text }
      writes
        .add(() => store.appendEvent(event))
        .catch((error) => log.error({ error }, 'the log could not be written'))
    },
    async latest() {
      await writes.drained()
      return store.listEvents(EVENTS_SHOWN)
    },
    drained: () => writes.drained(),
  }
}
