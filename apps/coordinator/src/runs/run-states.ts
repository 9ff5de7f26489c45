/**
 * What a run's change of state does to its book, to its row, and to what is told. A pause or a stop holds at once, and becomes a row
 * as soon as the store takes it (DU2); a run goes on only when that is a row. Rows of one run's state are written in the
 * order of the changes, so none that was late is the last word.
 */

import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunState } from '@worldflora/protocol/runs'
import { plainWords } from './plain-words.ts'
import type { RunBook } from './run-book.ts'
import type { Surroundings } from './surroundings.ts'

type Around = Pick<Surroundings, 'store' | 'unwritten' | 'journal' | 'noteChange'>

/** By the operator; the core is told by the caller. */
export function halt(at: Around, book: RunBook, state: 'paused' | 'stopped'): void {
  noteState(at, book, state, state === 'paused' ? 'the operator paused it' : null)
  insist(at, book)
}

/** By LV1, or on a fault. In the core it is paused already. */
export function pause(at: Around, book: RunBook, why: string): void {
  const reason = plainWords(why)
  book.record = { ...book.record, state: 'paused', reason }
  const { id, config } = book.record
  at.journal.note('run-paused', id, `The run ${config.name} is paused: ${reason}`)
  at.noteChange()
  insist(at, book)
}

/** Throws a StorageFault if that cannot be written. What has halted the run anew meanwhile holds: a rejection. The core is told after. */
export async function goOn(
  at: Around,
  book: RunBook,
  state: 'running' | 'finished',
): Promise<null | Rejection> {
  const before = book.record
  const { id } = before
  try {
    await at.unwritten.once(nameOf(book), () => at.store.setRunState(id, state, null))
  } catch (error) {
    // It may have come about all the same (DU3).
    insist(at, book)
    throw error
  }
  if (book.record !== before) {
    insist(at, book)
    return haltedMeanwhile(book)
  }
  noteState(at, book, state, null)
  return null
}

/** With its last step, whose row says so too. */
export function finish(at: Around, book: RunBook): void {
  const wasHalted = book.record.state !== 'running'
  book.record = { ...book.record, state: 'finished', reason: null }
  const { id, config, steps } = book.record
  at.journal.note('run-finished', id, `The run ${config.name} is through its ${steps} steps.`)
  // The row of a pause may have come after the step's.
  if (wasHalted) insist(at, book)
}

function noteState(at: Around, book: RunBook, state: RunState, reason: string | null): void {
  book.record = { ...book.record, state, reason }
  const { id, config } = book.record
  at.journal.note(`run-${state}`, id, `The run ${config.name} is ${state} now.`)
  at.noteChange()
}

/** Under which its row waits to be written. */
const nameOf = ({ record }: RunBook) => `state of ${record.id}`

function insist(at: Around, book: RunBook): void {
  const { id, state, reason } = book.record
  at.unwritten.add(nameOf(book), () => at.store.setRunState(id, state, reason))
}

function haltedMeanwhile({ record: { config, state, reason } }: RunBook): Rejection {
  return reject(
    'run-halted',
    `The run ${config.name} is ${state}: ${reason ?? 'the operator stopped it'}.`,
    'See to that, then resume it again.',
  )
}
