/**
 * The threads of the reduction, and who of them does what. A job goes to whoever is free; what belongs to one thread (a
 * run's weights) goes to that one. No thread has more than two jobs at a time, so that it does not wait for a busy event
 * loop between them, and a job does not wait long behind another.
 */
import { Worker } from 'node:worker_threads'
import type { Answer, FromThread, Job, News, ToThread } from './jobs.ts'

const JOBS_AT_ONCE = 2

type Waiting = {
  job: Job
  answered: Promise<Answer>
  resolve(answer: Answer): void
  fail(error: Error): void
}
type Seat = { worker: Worker; jobs: Map<number, Waiting>; isAtItsOwn: boolean }

export class ThreadPool {
  readonly #seats: Seat[]
  readonly #queue: Waiting[] = []
  readonly #onLost: (error: Error) => void
  #nextId = 0
  #end: Error | null = null

  /** `onLost` is called when a thread dies by a bug: what waits fails, and nothing can be reduced any more. */
  constructor(threads: number, onLost: (error: Error) => void) {
    this.#onLost = onLost
    this.#seats = Array.from({ length: threads }, (_, thread) => this.#start(thread))
  }

  get threads(): number {
    return this.#seats.length
  }

  /** Every thread knows it before any job that is given out after this. */
  tell(news: News): void {
    for (const { worker } of this.#seats) worker.postMessage({ kind: 'news', news } satisfies ToThread)
  }

  /** By whoever is free. */
  run(job: Job): Promise<Answer> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const waiting = waitingFor(job)
    this.#queue.push(waiting)
    this.#giveOut()
    return waiting.answered
  }

  runAt(thread: number, job: Job): Promise<Answer> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const waiting = waitingFor(job)
    const seat = this.#seats[thread]!
    seat.isAtItsOwn = true
    this.#post(seat, waiting)
    return waiting.answered
  }

  /** What was asked before is answered. */
  async close(): Promise<void> {
    this.#end ??= new Error('the reduction was closed')
    const asked = [...this.#queue, ...this.#seats.flatMap(({ jobs }) => [...jobs.values()])]
    await Promise.allSettled(asked.map(({ answered }) => answered))
    await Promise.all(this.#seats.map(({ worker }) => worker.terminate()))
  }

  #start(thread: number): Seat {
    // The entry brings its own loader; what this process was started with may not suit a thread.
    const entry = new URL('./thread-entry.mjs', import.meta.url)
    const worker = new Worker(entry, { execArgv: [], workerData: { thread } })
    const seat: Seat = { worker, jobs: new Map(), isAtItsOwn: false }
    worker.on('message', ({ id, answer }: FromThread) => {
      const { resolve } = seat.jobs.get(id)!
      seat.jobs.delete(id)
      if (seat.jobs.size === 0) seat.isAtItsOwn = false
      this.#giveOut()
      resolve(answer)
    })
    worker.on('error', (error) => this.#lose(error))
    worker.on('exit', () => this.#lose(new Error('a thread of the reduction has ended')))
    return seat
  }

  #giveOut(): void {
    while (this.#queue.length > 0) {
      let chosen: Seat | null = null
      for (const seat of this.#seats) {
        if (seat.isAtItsOwn || seat.jobs.size >= JOBS_AT_ONCE) continue
        if (chosen === null || seat.jobs.size < chosen.jobs.size) chosen = seat
      }
      if (chosen === null) return
      this.#post(chosen, this.#queue.shift()!)
    }
  }

  #post(seat: Seat, waiting: Waiting): void {
    const id = this.#nextId++
    seat.jobs.set(id, waiting)
    seat.worker.postMessage({ kind: 'job', id, job: waiting.job } satisfies ToThread)
  }

  #lose(error: Error): void {
    const isNews = this.#end === null
    this.#end ??= error
    for (const { jobs } of this.#seats) {
      for (const { fail } of jobs.values()) fail(error)
      jobs.clear()
    }
    for (const { fail } of this.#queue.splice(0)) fail(error)
    if (isNews) this.#onLost(error)
  }
}

function waitingFor(job: Job): Waiting {
  let resolve!: (answer: Answer) => void
  let fail!: (error: Error) => void
  const answered = new Promise<Answer>((yes, no) => {
    resolve = yes
    fail = no
  })
  return { job, answered, resolve, fail }
}
