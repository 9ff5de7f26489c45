/**
 * One run's steps, as the event loop sees them: contributions that wait are added together, batch after batch, and a step is
 * closed when all that came before is in the sums.
 */
import type { RunId } from '@worldflora/protocol/ids'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import { Queue } from '../queue.ts'
import type { Job } from './jobs.ts'
import type { ThreadPool } from './pool.ts'
import type { Received } from './received.ts'
import type { OpenReduction, ReducedStep } from './reducer.ts'
import { type Slice, segmentsOf } from './segments.ts'
import { CONTRIBUTIONS_AT_ONCE, makeSums } from './sums.ts'

/** A slice with fewer segments is not worth a job of its own. */
const LEAST_SEGMENTS = 4

/** Slices of a vector that threads work on at the same time: some more than threads, because not all are as fast. */
export function slicesFor(kind: PartialSumKind, threads: number): Slice[] {
  const segments = segmentsOf(kind).length
  const count = Math.min(threads * 2, Math.ceil(segments / LEAST_SEGMENTS))
  const border = (slice: number) => Math.round((slice * segments) / count)
  return Array.from({ length: count }, (_, slice) => ({ first: border(slice), end: border(slice + 1) }))
}

type Waiting = {
  step: number
  received: Received
  resolve(answer: null | Rejection): void
  fail(error: Error): void
}

export class RunReduction {
  readonly #runId: RunId
  readonly #pool: ThreadPool
  readonly #home: number
  readonly #slices: Slice[]
  readonly #kind: PartialSumKind
  readonly #steps: number
  #step = 0
  #waiting: Waiting[] = []
  /** What changes sums or state happens here, one after the other. */
  readonly #changes = new Queue()
  #isAddingDue = false

  /** `home`: the thread that has the run's weights. */
  constructor(run: { runId: RunId; kind: PartialSumKind; steps: number }, pool: ThreadPool, home: number) {
    this.#runId = run.runId
    this.#pool = pool
    this.#home = home
    this.#slices = slicesFor(run.kind, pool.threads)
    this.#kind = run.kind
    this.#steps = run.steps
    pool.tell({ kind: 'sums-made', runId: run.runId, sums: makeSums(run.kind, pool.threads) })
  }

  /** Whether its sums, and their end, are those of such a run. */
  isOf(kind: PartialSumKind, steps: number): boolean {
    const { wire, unitExponent, quantised, exact } = this.#kind
    const isSame =
      kind.wire === wire &&
      kind.unitExponent === unitExponent &&
      kind.quantised === quantised &&
      kind.exact === exact
    return isSame && this.#steps === steps
  }

  /** The run has no step left. */
  get isThrough(): boolean {
    return this.#step >= this.#steps
  }

  /** At another step, or anew: whatever was summed is dropped. */
  open(run: OpenReduction): Promise<null | Rejection> {
    return this.#changes.add(async () => {
      const opened = (await this.#pool.runAt(this.#home, { kind: 'open-run', run })) as null | Rejection
      if (opened !== null) return opened
      await this.#onSlices((slice) => ({ kind: 'clear', runId: this.#runId, slice }))
      this.#step = run.step
      return null
    })
  }

  /** Takes the body, whose room is given back when it is in the sums. */
  add(step: number, received: Received): Promise<null | Rejection> {
    return new Promise((resolve, fail) => {
      this.#waiting.push({ step, received, resolve, fail })
      if (this.#isAddingDue) return
      this.#isAddingDue = true
      void this.#changes.add(() => this.#addWaiting())
    })
  }

  closeStep(step: number, samples: number): Promise<ReducedStep | Rejection> {
    return this.#changes.add(async () => {
      if (step !== this.#step) return wrongStep(step, this.#step)
      await this.#onSlices((slice) => ({ kind: 'take-means', runId: this.#runId, samples, slice }))
      const update = { kind: 'update' as const, runId: this.#runId, step }
      const reduced = (await this.#pool.runAt(this.#home, update)) as ReducedStep | Rejection
      if (reduced.kind === 'updated') this.#step = step + 1
      return reduced
    })
  }

  /** Resolves when everything asked so far is through. */
  settled(): Promise<void> {
    return this.#changes.drained()
  }

  /** All that wait, in batches. Those that come meanwhile make the next one. */
  async #addWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, CONTRIBUTIONS_AT_ONCE).filter((one) => this.#isOfStep(one))
      if (batch.length > 0) await this.#addBatch(batch)
    }
    this.#isAddingDue = false
  }

  async #addBatch(batch: Waiting[]): Promise<void> {
    const contributions = batch.map(({ received }) => received.contribution)
    try {
      await this.#onSlices((slice) => ({ kind: 'add', runId: this.#runId, contributions, slice }))
    } catch (error) {
      for (const { fail } of batch) fail(error as Error)
      return
    }
    for (const { received, resolve } of batch) {
      received.body.release()
      resolve(null)
    }
  }

  #isOfStep({ step, received, resolve }: Waiting): boolean {
    if (step === this.#step) return true
    received.body.release()
    resolve(wrongStep(step, this.#step))
    return false
  }

  async #onSlices(jobOf: (slice: Slice) => Job): Promise<void> {
    await Promise.all(this.#slices.map((slice) => this.#pool.run(jobOf(slice))))
  }
}

function wrongStep(step: number, current: number): Rejection {
  return reject(
    'wrong-step',
    `Step ${step} is not in flight: the reduction is at step ${current}.`,
    'This is a fault of the coordinator: report it.',
  )
}
