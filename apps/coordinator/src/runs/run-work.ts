/**
 * What workers do for the runs that are given out: the core's effects end here, and so do complaints of what this disk sends. Each effect
 * returns at once; what takes time goes on behind it, in the run's queue.
 */

import type { Split } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { TaskResult } from '../conductor.ts'
import type { TaskKey } from '../core/events.ts'
import { rejectionOf, StorageFault } from '../store/storage-fault.ts'
import type { FeaturesRecord } from '../store/store.ts'
import type { ActiveRun } from './active-run.ts'
import type { ActiveRuns } from './active-runs.ts'
import { closeEvaluation, gatherRows } from './evaluations.ts'
import { closeFeatures, gatherFeatures, giveOutFeatures } from './features.ts'
import { damagedBlobs, photosLost } from './mending.ts'
import type { RunBook } from './run-book.ts'
import { pause } from './run-states.ts'
import { leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'
import { addContribution, closeStep } from './training.ts'

/** One look at the disk for so long, however many workers complain. */
const SOUND_FOR_MS = 60_000

export class RunWork {
  readonly #at: Surroundings
  readonly #active: ActiveRuns

  constructor(at: Surroundings, active: ActiveRuns) {
    this.#at = at
    this.#active = active
  }

  noteLease(runId: RunId): void {
    const run = this.#active.get(runId)!
    run.stepOpenedAtMs ??= this.#at.clock.nowMs()
  }

  takeResult(keys: TaskKey[], result: TaskResult): void {
    const [key] = keys
    if (key === undefined) throw new Error('a result answers at least one task')
    const run = this.#active.get(key.runId)!
    if (result.kind === 'gradient') addContribution(this.#at, run, key, result.received)
    else if (result.kind === 'evaluate') gatherRows(run, key, result.photos)
    else gatherFeatures(this.#at, run, key, result.bytes)
    this.#at.noteChange()
  }

  closeStep(runId: RunId, step: number, samples: number): void {
    this.#change(runId, async (run) => {
      const end = await closeStep(this.#at, run, step, samples)
      if (end === 'phase-ended') await this.#active.takeUpOrPause(run.book)
    })
  }

  closeEvaluation(runId: RunId, evaluation: { step: number; split: Split }): void {
    this.#change(runId, (run) =>
      closeEvaluation(this.#at, run, evaluation).catch((error: unknown) => this.#noteUnrecorded(run, error)),
    )
  }

  closeFeatures(runId: RunId, order: { step: number; split: Split }): void {
    this.#change(runId, async (run) => {
      const fault = await closeFeatures(this.#at, run, order)
      // What its phase has waited for.
      if (fault === null && run.shards === null) await this.#active.takeUpOrPause(run.book)
      if (fault === null) return
      const isOrdered = (one: FeaturesRecord) => one.step === order.step && one.split === order.split
      giveOutFeatures(this.#at, run, run.book.features.find(isOrdered)!)
      this.#pauseFor(run.book, fault)
    })
  }

  pauseRun(runId: RunId, reason: string): void {
    pause(this.#at, this.#active.get(runId)!.book, reason)
  }

  /**
   * DU5: a worker could not do a task of these shards. Whether this disk is to blame: then the run is mended, or paused with
   * what to do, and nothing is held against the task.
   */
  async findDamage(runId: RunId, shards: readonly Hash[]): Promise<boolean> {
    return this.#active.change(runId, async () => {
      const run = this.#active.get(runId)
      if (run === null) return false
      return this.#findDamage(run, shards).catch((error: unknown) => this.#noteUnreadable(run, error))
    })
  }

  async #findDamage(run: ActiveRun, shards: readonly Hash[]): Promise<boolean> {
    const { book } = run
    const nowMs = this.#at.clock.nowMs()
    if (run.foundSoundAtMs !== null && nowMs < run.foundSoundAtMs + SOUND_FOR_MS) return false
    const { weights, photos } = await damagedBlobs(this.#at.blobs, book, shards)
    if (photos.length > 0) {
      this.#pauseFor(book, photosLost(book.record.config.flora, photos))
      // Then an import sends them again.
      for (const hash of photos) await this.#at.blobs.delete(hash).catch(leaveToSweep)
    }
    if (weights) await this.#active.takeUpOrPause(book)
    if (!weights && photos.length === 0) run.foundSoundAtMs = nowMs
    return weights || photos.length > 0
  }

  #change(runId: RunId, job: (run: ActiveRun) => Promise<void>): void {
    const run = this.#active.get(runId)!
    this.#active.changeIfStill(run, () => job(run)).catch(this.#at.fail)
  }

  /** Nobody knows what is damaged while the disk cannot be read: the task is not to blame, and nothing is tried for ever. */
  #noteUnreadable({ book }: ActiveRun, error: unknown): true {
    const fault = rejectionOf(error)
    this.#pauseFor(book, `Its blobs cannot be read. ${fault.message} ${fault.action}`)
    return true
  }

  /** The step in flight is sound: nothing of it is begun anew. */
  #noteUnrecorded({ book }: ActiveRun, error: unknown): void {
    if (!(error instanceof StorageFault)) throw error
    this.#pauseFor(book, `A measurement could not be kept. ${error.words}`)
  }

  /** A fault that the core does not know of. A stopped run stays stopped (ST3). */
  #pauseFor(book: RunBook, why: string): void {
    const { id, state } = book.record
    if (state === 'stopped') return
    this.#at.say({ kind: 'run-state-changed', runId: id, state: 'paused' })
    pause(this.#at, book, why)
  }
}
