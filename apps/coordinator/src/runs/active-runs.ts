/**
 * The runs that tasks are given out of: taken up from the store's rows, mended on the way where the disk has damaged them, and
 * let go of. Whatever changes a run happens in its queue, one after the other.
 */
import type { RunId } from '@worldflora/protocol/ids'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { Queue } from '../queue.ts'
import { rejectionOf } from '../store/storage-fault.ts'
import { type ActiveRun, activeRun, openReduction, openRunOf, orderOf } from './active-run.ts'
import { wholeForEarlierOrders } from './earlier-orders.ts'
import { giveOutFeatures, orderForPhase } from './features.ts'
import { mendedWords, mendRun, ordersFault } from './mending.ts'
import { type RunBook, readBook } from './run-book.ts'
import { pause } from './run-states.ts'
import { sampledOf } from './sampled.ts'
import type { Surroundings } from './surroundings.ts'

export class ActiveRuns {
  readonly #at: Surroundings
  /** Each is open in the core. */
  readonly #runs = new Map<RunId, ActiveRun>()
  readonly #changes = new Map<RunId, Queue>()

  constructor(at: Surroundings) {
    this.#at = at
  }

  get(runId: RunId): ActiveRun | null {
    return this.#runs.get(runId) ?? null
  }

  /** After whatever the run is in the middle of. Never from within such a job. */
  change<T>(runId: RunId, job: () => Promise<T>): Promise<T> {
    const changes = this.#changes.get(runId) ?? new Queue()
    this.#changes.set(runId, changes)
    return changes.add(job)
  }

  /** Nothing, if it was let go of, or taken up anew, before its turn came: then the core has forgotten why. */
  changeIfStill(run: ActiveRun, job: () => Promise<void>): Promise<void> {
    const { id } = run.book.record
    return this.change(id, async () => {
      if (this.#runs.get(id) === run) await job()
    })
  }

  /** Its leases are void. */
  letGo(runId: RunId): void {
    if (this.#runs.delete(runId)) this.#at.say({ kind: 'run-closed', runId })
  }

  /** DU5: at its latest checkpoint, or at the newest that is whole. */
  async takeUp(book: RunBook): Promise<ActiveRun | Rejection> {
    const { id } = book.record
    this.letGo(id)
    const manifest = await this.#at.floras.manifestOf(book.record.flora.hash)
    if (isRejection(manifest)) return manifest
    const sampled = await sampledOf(this.#at.floras, book.record.config, manifest)
    if (isRejection(sampled)) return sampled
    const unordered = await orderForPhase(this.#at, book, manifest)
    if (unordered !== null) return unordered
    let run = activeRun(book, manifest, sampled.weightOf)
    let fault =
      (await this.#takeUpReduction(run)) ??
      (await ordersFault(this.#at, run)) ??
      (await wholeForEarlierOrders(this.#at, book))
    if (fault !== null) {
      const mended = await mendRun(this.#at, book)
      if (isRejection(mended)) return mended
      this.#at.journal.note('run-mended', id, mendedWords(book, mended))
      const lost = await orderForPhase(this.#at, book, manifest)
      if (lost !== null) return lost
      run = activeRun(book, manifest, sampled.weightOf)
      fault = await this.#takeUpReduction(run)
      if (fault !== null) return fault
    }
    this.#runs.set(id, run)
    this.#at.say({ kind: 'run-opened', run: openRunOf(run, book.record.state) })
    for (const pending of book.pending) {
      this.#at.say({ kind: 'evaluation-ordered', runId: id, order: orderOf(run, pending) })
    }
    for (const record of book.features) if (record.result === null) giveOutFeatures(this.#at, run, record)
    return run
  }

  /** A run is never left running with nobody to give it out. */
  async takeUpOrPause(book: RunBook): Promise<ActiveRun | Rejection> {
    const run = await this.takeUp(book).catch(rejectionOf)
    if (isRejection(run)) pause(this.#at, book, `${run.message} ${run.action}`)
    return run
  }

  /** Before it goes on. */
  async takeUpAgain(book: RunBook): Promise<ActiveRun | Rejection> {
    const run = this.get(book.record.id)
    if (run === null || run.isInDoubt) return this.#takeUpByRows(book)
    return (await this.#takeUpReduction(run)) === null ? run : this.takeUp(book)
  }

  /**
   * DU3: a write that failed, or took too long, may have come about all the same. So the run's rows are read again: a step
   * that is there counts, as after a kill.
   */
  async #takeUpByRows(book: RunBook): Promise<ActiveRun | Rejection> {
    const { id, state, reason } = book.record
    const record = (await this.#at.store.listRuns()).find((one) => one.id === id)!
    const rows = await readBook(this.#at.store, { ...record, state, reason })
    this.letGo(id)
    Object.assign(book, rows)
    return this.takeUp(book)
  }

  async #takeUpReduction(run: ActiveRun): Promise<null | Rejection> {
    const isThrough = run.book.checkpoints.at(-1)!.step === run.book.record.steps
    run.stepOpenedAtMs = null
    return run.isReducing || isThrough ? null : openReduction(run, this.#at)
  }

  /** Resolves when everything that has begun is through. */
  async settled(): Promise<void> {
    await Promise.all([...this.#changes.values()].map((changes) => changes.drained()))
  }
}
