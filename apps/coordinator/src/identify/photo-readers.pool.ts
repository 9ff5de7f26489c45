/**
 * Photo readers as threads. They start with the first photo, each when there is more to do than the others have; a thread that dies takes
 * the photo that it was at with it, and another takes its place when there is work.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Answer, Fitted, FromThread, Job, SharedModel, ToThread } from './jobs.ts'
import type { PhotoReaders } from './photo-readers.ts'

/** So that a thread does not wait for a busy event loop between two. */
const JOBS_AT_ONCE = 2
const MOST_THREADS = 8
/** Until one was measured. */
const USUAL_MS = 100
const NEWEST_WEIGHT = 0.1

/** `model` null: its job needs none. */
type Waiting = {
  job: Job
  model: SharedModel | null
  resolve(answer: Answer | Fitted): void
  fail(error: Error): void
}
type Seat = { worker: Worker; jobs: Map<number, Waiting>; models: Set<string>; isGone: boolean }

export function startPhotoReaders(threads = Math.min(MOST_THREADS, availableParallelism())): PhotoReaders {
  const seats = new Set<Seat>()
  const queue: Waiting[] = []
  let nextId = 0
  let photoMs = USUAL_MS

  function start(): Seat {
    // The entry brings its own loader; what this process was started with may not suit a thread.
    const worker = new Worker(new URL('./thread-entry.mjs', import.meta.url), { execArgv: [] })
    const seat: Seat = { worker, jobs: new Map(), models: new Set(), isGone: false }
    worker.on('message', ({ id, answer, milliseconds }: FromThread) => {
      photoMs += NEWEST_WEIGHT * (milliseconds - photoMs)
      const { resolve } = seat.jobs.get(id)!
      seat.jobs.delete(id)
      giveOut()
      resolve(answer)
    })
    worker.on('error', (error) => lose(seat, error))
    worker.on('exit', () => lose(seat, new Error('a thread of identification has ended')))
    seats.add(seat)
    return seat
  }

  function giveOut(): void {
    while (queue.length > 0) {
      const seat = seatWithRoom()
      if (seat === null) return
      post(seat, queue.shift()!)
    }
  }

  /** An idle one, else a new one, else one that has only begun. */
  function seatWithRoom(): Seat | null {
    const [best] = [...seats].sort((a, b) => a.jobs.size - b.jobs.size)
    if (best !== undefined && best.jobs.size === 0) return best
    if (seats.size < threads) return start()
    return best !== undefined && best.jobs.size < JOBS_AT_ONCE ? best : null
  }

  function post(seat: Seat, waiting: Waiting): void {
    const { job, model } = waiting
    const say = (message: ToThread) => seat.worker.postMessage(message)
    if (model !== null && !seat.models.has(model.id)) {
      seat.models.add(model.id)
      say({ kind: 'model-opened', model })
    }
    const id = nextId++
    seat.jobs.set(id, waiting)
    say({ kind: 'job', id, job: { ...job, photo: ownBytes(job.photo) } })
  }

  function lose(seat: Seat, error: Error): void {
    if (seat.isGone) return
    seat.isGone = true
    seats.delete(seat)
    // It was at the first; the others had not begun.
    const [first, ...others] = seat.jobs.values()
    first?.fail(error)
    queue.unshift(...others)
    giveOut()
  }

  function ask(job: Job, model: SharedModel | null): Promise<Answer | Fitted> {
    return new Promise((resolve, fail) => {
      queue.push({ job, model, resolve, fail })
      giveOut()
    })
  }

  return {
    // Each job has an answer of its own kind.
    read: (model, photo) => ask({ kind: 'look', model: model.id, photo }, model) as Promise<Answer>,
    fitToKeep: (photo) => ask({ kind: 'fit-to-keep', photo }, null) as Promise<Fitted>,
    forget(modelId) {
      for (const { worker, models } of seats) {
        if (models.delete(modelId))
          worker.postMessage({ kind: 'model-closed', id: modelId } satisfies ToThread)
      }
    },
    waitMs() {
      const underWay = [...seats].reduce((sum, { jobs }) => sum + jobs.size, 0)
      return ((queue.length + underWay) * photoMs) / threads
    },
    async close() {
      const ended = new Error('identification was closed')
      for (const { fail } of queue.splice(0)) fail(ended)
      const closing = [...seats].map((seat) => {
        seat.isGone = true
        for (const { fail } of seat.jobs.values()) fail(ended)
        return seat.worker.terminate()
      })
      seats.clear()
      await Promise.all(closing)
    },
  }
}

/** A message takes the whole buffer along that its bytes lie in: of a request with five photos, all of it five times. */
function ownBytes(photo: Uint8Array): Uint8Array {
  return photo.byteLength < photo.buffer.byteLength ? new Uint8Array(photo) : photo
}
