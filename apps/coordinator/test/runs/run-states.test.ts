/** Where a run's state is, in its book and as a row, when changes of it overlap. */

import { isRejection } from '@worldflora/protocol/rejection'
import type { RunDetail, RunState } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { newBook, type RunBook } from '../../src/runs/run-book.ts'
import { finish, goOn, halt, pause } from '../../src/runs/run-states.ts'
import type { CheckpointRecord, RunRecord, Store } from '../../src/store/store.ts'
import { Unwritten } from '../../src/store/unwritten.ts'
import { handClock } from '../hand-clock.ts'
import { bringFlora, HandWorker, openRun } from '../hand-made.ts'
import { startSite } from '../running-site.ts'

/** A run's row behind a store that a test makes fail or wait. */
function halted() {
  const row: { state: RunState; reason: string | null } = { state: 'running', reason: null }
  const store = { isFull: false, before: async (_: RunState) => {}, after: (_: RunState) => {} }
  const setRunState: Store['setRunState'] = async (_, state, reason) => {
    if (store.isFull) throw new Error('full')
    await store.before(state)
    Object.assign(row, { state, reason })
    store.after(state)
  }
  const clock = handClock()
  const unwritten = new Unwritten(clock)
  const at = {
    store: { setRunState } as unknown as Store,
    unwritten,
    journal: { note: () => unwritten.add('event', async () => {}), latest: async () => [] },
    noteChange: () => {},
  }
  const record = { id: 'r', config: { name: 'meadow' }, state: 'running', reason: null }
  const first = { step: 0, base: { bytes: 1 } }
  const book: RunBook = newBook(record as unknown as RunRecord, first as unknown as CheckpointRecord)
  return { at, book, row, store, clock, unwritten }
}

describe('a run’s state', () => {
  it('DU2: a pause that could not be written, tried again while the run goes on, is not the last word', async () => {
    const { at, book, row, store, clock, unwritten } = halted()
    store.isFull = true
    halt(at, book, 'paused')
    await unwritten.tried()
    expect([book.record.state, row.state]).toEqual(['paused', 'running'])
    store.isFull = false
    store.before = async () => {
      // The five seconds are over, and a line of the log takes along what waits.
      clock.moveOn(60_000)
      at.journal.note()
    }
    expect(await goOn(at, book, 'running')).toBeNull()
    clock.moveOn(60_000)
    await unwritten.tried()
    expect([book.record.state, row.state]).toEqual(['running', 'running'])
  })

  it('LV1, DU2: a run that is halted anew while its going on is being written stays halted, in its book and as a row', async () => {
    const { at, book, row, store, unwritten } = halted()
    halt(at, book, 'paused')
    await unwritten.tried()
    store.before = async (state) => {
      if (state === 'running') pause(at, book, 'a task that nobody can do')
    }
    const fault = await goOn(at, book, 'running')
    expect(isRejection(fault) && fault.message).toContain('a task that nobody can do')
    await unwritten.tried()
    expect(book.record).toMatchObject({ state: 'paused', reason: 'a task that nobody can do' })
    expect(row).toEqual({ state: 'paused', reason: 'a task that nobody can do' })
  })

  it('DU3: a going on that came about although the store did not say so is taken back', async () => {
    const { at, book, row, store, unwritten } = halted()
    halt(at, book, 'paused')
    await unwritten.tried()
    store.after = (state) => {
      if (state === 'running') throw new Error('the connection is lost')
    }
    await expect(goOn(at, book, 'running')).rejects.toThrow('lost')
    await unwritten.tried()
    expect([book.record.state, row.state]).toEqual(['paused', 'paused'])
  })

  it('ST4, DU2: a run that pauses while its last step becomes durable has finished, in its book and as a row', async () => {
    const { at, book, row, unwritten } = halted()
    row.state = 'finished' // by the step's row
    pause(at, book, 'a measurement failed')
    finish(at, book)
    await unwritten.tried()
    expect([book.record.state, row.state]).toEqual(['finished', 'finished'])
  })

  it('ST3: a run that was stopped over a restart, and is resumed twice at once, goes on once', async () => {
    const first = await startSite()
    await bringFlora(first)
    const id = await openRun(first)
    const set = (site: typeof first, state: RunState) => site.call('POST', `/api/runs/${id}/state`, { state })
    await set(first, 'stopped')
    await first.stop()
    const site = await startSite({ data: first.data })
    const answers = await Promise.all([set(site, 'running'), set(site, 'running'), set(site, 'running')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const worker = await HandWorker.join(site.url)
    expect(await worker.push(await worker.lease())).toMatchObject({ kind: 'accepted' })
    const { status } = await site.json<RunDetail>('GET', `/api/runs/${id}`)
    expect(status).toMatchObject({ state: 'running', tasks: { accepted: 1 } })
  })
})
