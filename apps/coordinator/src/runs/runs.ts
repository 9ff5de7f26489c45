/** All runs: taken up from the store at start, made, paused, measured, published. The edge asks here; the core's effects end here. */

import type { Split } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type {
  ForkedRun,
  ForkRun,
  KeptCheckpoints,
  RollBackRun,
  RolledBackRun,
} from '@worldflora/protocol/kept-checkpoints'
import type { FeaturesOf, OrderFeatures } from '@worldflora/protocol/ordered-features'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { RunDetail, RunHistory, RunStatus } from '@worldflora/protocol/runs'
import type { TaskResult } from '../conductor.ts'
import type { TaskKey } from '../core/events.ts'
import { rejectionOf, StorageFault } from '../store/storage-fault.ts'
import type { FeaturesRecord, RunSettings } from '../store/store.ts'
import type { ActiveRun } from './active-run.ts'
import { ActiveRuns } from './active-runs.ts'
import { weightsToPublish } from './averaged-weights.ts'
import { watchedSplit } from './evaluation-plan.ts'
import { closeEvaluation, gatherRows, recordEvaluations } from './evaluations.ts'
import { closeFeatures, featuresOf, gatherFeatures, giveOutFeatures, orderFeatures } from './features.ts'
import { forkRun } from './forking.ts'
import { keptCheckpoints } from './kept-checkpoints.ts'
import { damagedBlobs, photosLost } from './mending.ts'
import { isModelWhole, mendModel } from './model-mending.ts'
import { publishLatest } from './publishing.ts'
import { reachableAt } from './reachable.ts'
import { faultOfRollback, type Rollback, rollBack } from './rolling-back.ts'
import { detailOf, isThrough, newBook, type Progress, type RunBook, readBook, statusOf } from './run-book.ts'
import { makeRun, openingOf, unfinishedNamesake } from './run-opening.ts'
import { goOn, halt, pause } from './run-states.ts'
import { forgetMilestones, leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'
import { addContribution, closeStep } from './training.ts'

/** Points of a curve that are worth sending. */
const STEPS_SHOWN = 2000

/** One look at the disk for so long, however many workers complain. */
const SOUND_FOR_MS = 60_000

export class Runs {
  readonly #at: Surroundings
  readonly #progressOf: (runId: RunId) => Progress
  /** In the order of their making. */
  readonly #books = new Map<RunId, RunBook>()
  readonly #active: ActiveRuns

  constructor(at: Surroundings, progressOf: (runId: RunId) => Progress) {
    this.#at = at
    this.#active = new ActiveRuns(at)
    this.#progressOf = progressOf
  }

  /** Goes on with what the store says is unfinished. A run that cannot be read is paused, and stops no other. */
  async takeUp(): Promise<void> {
    for (const record of await this.#at.store.listRuns()) {
      const book = await readBook(this.#at.store, record)
      this.#books.set(record.id, book)
      if (isThrough(book) || record.state === 'stopped') continue
      await this.#takeUp(book)
    }
  }

  /** What cannot be taken up is paused: a run is never left running with nobody to give it out. */
  async #takeUp(book: RunBook): Promise<ActiveRun | Rejection> {
    const run = await this.#active.takeUp(book).catch(rejectionOf)
    if (isRejection(run)) pause(this.#at, book, `${run.message} ${run.action}`)
    return run
  }

  /** DU5: the tabs that fetch the model cannot complain of it. */
  async checkModel(): Promise<void> {
    const model = await this.#at.store.latestModel()
    if (model === null || (await isModelWhole(this.#at.blobs, model))) return
    const isMended = await mendModel(this.#at, this.#books.values(), model)
    const words = isMended
      ? 'was damaged, and is made again from its checkpoint.'
      : 'is damaged, and cannot be made again: publish another checkpoint.'
    this.#at.journal.note('model-damaged', model.run.id, `The published model of ${model.run.name} ${words}`)
  }

  async open(config: RunConfig): Promise<{ id: RunId; resumed: boolean } | Rejection> {
    const opening = openingOf(this.#books.values(), config)
    if (opening.kind === 'rejection') return opening
    if (opening.kind === 'resume') {
      const { id } = opening.book.record
      const fault = await this.setState(id, 'running')
      return fault ?? { id, resumed: true }
    }
    const hash = await this.#at.floras.find(config.flora)
    if (isRejection(hash)) return hash
    const manifest = await this.#at.floras.manifestOf(hash)
    if (isRejection(manifest)) return manifest
    const made = await makeRun(this.#at, [...this.#books.values()], { config, hash, manifest })
    if (isRejection(made)) return made
    const { record, first } = made
    const words = `The run ${config.name} on ${config.flora} is open.`
    const fault = await this.#begin(newBook(record, first), words)
    return fault ?? { id: record.id, resumed: false }
  }

  /** A run that has just become durable. */
  async #begin(book: RunBook, words: string): Promise<null | Rejection> {
    const { id } = book.record
    this.#books.set(id, book)
    this.#at.journal.note('run-opened', id, words)
    const run = await this.#active.change(id, () => this.#takeUp(book))
    this.#at.noteChange()
    return isRejection(run) ? run : null
  }

  /** LC2. */
  async fork(runId: RunId, wish: ForkRun): Promise<ForkedRun | Rejection> {
    const source = this.#books.get(runId)
    if (source === undefined) return noRun(runId)
    const namesake = unfinishedNamesake(this.#books.values(), wish.name)
    if (namesake !== null) return namesake
    const fork = await forkRun(this.#at, source, wish).catch(rejectionOf)
    if (isRejection(fork)) return fork
    const { record, checkpoints } = fork.book
    const { name } = source.record.config
    const fault = await this.#begin(
      fork.book,
      `The run ${wish.name} is open: it begins with step ${wish.step} of ${name}.${freshWords(fork)}`,
    )
    return fault ?? { id: record.id, step: checkpoints[0]!.step, optimizer: optimizerOf(fork) }
  }

  /** LC3. Leases of before are void at once, whether it goes well or not. */
  async rollBack(runId: RunId, wish: RollBackRun): Promise<RolledBackRun | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#active.change(runId, () => this.#rollBack(book, wish))
  }

  async #rollBack(book: RunBook, wish: RollBackRun): Promise<RolledBackRun | Rejection> {
    const fault = faultOfRollback(book, wish)
    if (fault !== null) return fault
    const { id, config } = book.record
    this.#active.letGo(id)
    const from = book.checkpoints.at(-1)!.step
    const back = await rollBack(this.#at, book, wish).catch(rejectionOf)
    const run = await this.#takeUp(book)
    if (!isRejection(run)) run.isInDoubt = isRejection(back)
    if (isRejection(back)) return back
    this.#at.journal.note(
      'run-rolled-back',
      id,
      `The run ${config.name} is back from step ${from} at step ${wish.step}. ${wordsOf(back)}`,
    )
    this.#at.noteChange()
    return { step: wish.step, dropped: back.dropped, optimizer: optimizerOf(back) }
  }

  /** Between two steps: one that is being kept adds to the milestones. */
  async setSettings(runId: RunId, wish: Partial<RunSettings>): Promise<null | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#active.change(runId, () => this.#setSettings(book, wish))
  }

  async #setSettings(book: RunBook, wish: Partial<RunSettings>): Promise<null> {
    const runId = book.record.id
    const settings = { ...book.record.settings, ...wish }
    await this.#at.store.setRunSettings(runId, settings)
    book.record = { ...book.record, settings }
    if (this.#active.get(runId) !== null) {
      this.#at.say({ kind: 'run-priority-changed', runId, priority: settings.priority })
    }
    const manifest = await this.#at.floras.manifestOf(book.record.flora.hash)
    if (!isRejection(manifest)) {
      const prune = () => forgetMilestones(this.#at, book, watchedSplit(manifest))
      book.milestones = (await this.#at.keeping.add(prune).catch(leaveToSweep)) ?? book.milestones
    }
    this.#at.noteChange()
    return null
  }

  /** After whatever the run is in the middle of. */
  async setState(runId: RunId, wish: 'running' | 'paused' | 'stopped'): Promise<null | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#active.change(runId, () => this.#changeState(book, wish))
  }

  async #changeState(book: RunBook, wish: 'running' | 'paused' | 'stopped'): Promise<null | Rejection> {
    const { config, state } = book.record
    if (state === 'finished') {
      return reject('run-finished', `The run ${config.name} has finished.`, 'Start a new one.')
    }
    if (wish === state) return null
    return wish === 'running' ? this.#goOn(book) : this.#halt(book, wish)
  }

  /** Throws a StorageFault, and leaves the run as it is, while the data folder fails. */
  async #goOn(book: RunBook): Promise<null | Rejection> {
    const { id, steps } = book.record
    const open = this.#active.get(id)
    if (open !== null) await recordEvaluations(this.#at, open)
    const active = await this.#active.takeUpAgain(book)
    if (isRejection(active)) {
      book.record = { ...book.record, reason: `${active.message} ${active.action}` }
      return active
    }
    // A measurement of a finished run may have been paused; there is nothing else in it to go on with.
    const state = book.checkpoints.at(-1)!.step === steps ? 'finished' : 'running'
    const halted = await goOn(this.#at, book, state)
    if (halted === null) this.#at.say({ kind: 'run-state-changed', runId: id, state })
    return halted
  }

  /** Holds at once, whatever the store says to it (DU2). */
  async #halt(book: RunBook, state: 'paused' | 'stopped'): Promise<null> {
    const { id } = book.record
    if (this.#active.get(id) !== null) this.#at.say({ kind: 'run-state-changed', runId: id, state })
    halt(this.#at, book, state)
    await this.#at.unwritten.tried()
    return null
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

  /** Nobody knows what is damaged while the disk cannot be read: the task is not to blame, and nothing is tried for ever. */
  #noteUnreadable({ book }: ActiveRun, error: unknown): true {
    const fault = rejectionOf(error)
    this.#pauseFor(book, `Its blobs cannot be read. ${fault.message} ${fault.action}`)
    return true
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
    if (weights) await this.#takeUp(book)
    if (!weights && photos.length === 0) run.foundSoundAtMs = nowMs
    return weights || photos.length > 0
  }

  // The core's effects.

  takeResult(keys: TaskKey[], result: TaskResult): void {
    const [key] = keys
    if (key === undefined) throw new Error('a result answers at least one task')
    const run = this.#active.get(key.runId)!
    if (result.kind === 'gradient') addContribution(this.#at, run, key, result.received)
    else if (result.kind === 'evaluate') gatherRows(run, key, result.photos)
    else gatherFeatures(this.#at, run, key, result.bytes)
    this.#at.noteChange()
  }

  noteLease(runId: RunId): void {
    const run = this.#active.get(runId)!
    run.stepOpenedAtMs ??= this.#at.clock.nowMs()
  }

  closeStep(runId: RunId, step: number, samples: number): void {
    this.#change(runId, async (run) => {
      const end = await closeStep(this.#at, run, step, samples)
      if (end === 'phase-ended') await this.#takeUp(run.book)
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
      if (fault === null && run.shards === null) await this.#takeUp(run.book)
      if (fault === null) return
      const isOrdered = (one: FeaturesRecord) => one.step === order.step && one.split === order.split
      giveOutFeatures(this.#at, run, run.book.features.find(isOrdered)!)
      this.#pauseFor(run.book, fault)
    })
  }

  pauseRun(runId: RunId, reason: string): void {
    pause(this.#at, this.#active.get(runId)!.book, reason)
  }

  #change(runId: RunId, job: (run: ActiveRun) => Promise<void>): void {
    const run = this.#active.get(runId)!
    this.#active.changeIfStill(run, () => job(run)).catch(this.#at.fail)
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

  // What the edge shows.

  active(runId: RunId): ActiveRun | null {
    return this.#active.get(runId)
  }

  statuses(): RunStatus[] {
    return [...this.#books.values()].map((book) => statusOf(book, this.#progressOf(book.record.id)))
  }

  detail(runId: RunId): RunDetail | Rejection {
    const book = this.#books.get(runId)
    return book === undefined ? noRun(runId) : detailOf(book, this.#progressOf(runId))
  }

  async history(runId: RunId): Promise<RunHistory | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    const steps = await this.#at.store.stepsOf(runId, STEPS_SHOWN)
    return {
      steps: steps.map(({ samples: _, ...step }) => step),
      evaluations: book.evaluations,
      rollbacks: book.record.rollbacks.map(({ from, to }) => ({ from, to })),
    }
  }

  /** Between two steps, so that the checkpoint's blobs stay while they are read. */
  async publish(runId: RunId): Promise<PublishedModel | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#active.change(runId, () => publishLatest(this.#at, book))
  }

  /** Those that would be published, of a checkpoint that is kept, or of the latest; in canonical form. */
  async weights(
    runId: RunId,
    wished: number | null,
  ): Promise<{ step: number; weights: Uint8Array<ArrayBuffer> } | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#at.keeping.add(async () => {
      const step = wished ?? book.checkpoints.at(-1)!.step
      const reachable = reachableAt(book, step)
      if (isRejection(reachable)) return reachable
      const weights = await weightsToPublish(this.#at, book, reachable)
      return isRejection(weights) ? weights : { step, weights }
    })
  }

  /** FE1. Ordered twice is once. */
  async orderFeatures(runId: RunId, wish: OrderFeatures): Promise<FeaturesOf[] | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    return this.#active.change(runId, async () => {
      const manifest = await this.#at.floras.manifestOf(book.record.flora.hash)
      if (isRejection(manifest)) return manifest
      const record = await orderFeatures(this.#at, { book, manifest }, wish)
      if (isRejection(record)) return record
      if (record !== null) await this.#giveOut(book, record)
      return featuresOf(book)
    })
  }

  /** A stopped run gives nothing out: it goes on with the order when it is resumed. */
  async #giveOut(book: RunBook, record: FeaturesRecord): Promise<void> {
    const { id, state } = book.record
    const active = this.#active.get(id)
    // Taken up, it brings its orders with it.
    if (active === null) return void (state === 'stopped' || (await this.#takeUp(book)))
    giveOutFeatures(this.#at, active, record)
  }

  features(runId: RunId): FeaturesOf[] | Rejection {
    const book = this.#books.get(runId)
    return book === undefined ? noRun(runId) : featuresOf(book)
  }

  async checkpoints(runId: RunId): Promise<KeptCheckpoints | Rejection> {
    const book = this.#books.get(runId)
    if (book === undefined) return noRun(runId)
    const manifest = await this.#at.floras.manifestOf(book.record.flora.hash)
    if (isRejection(manifest)) return manifest
    return keptCheckpoints(book, watchedSplit(manifest), this.#at.optimizerStates)
  }

  /** The floras that runs hold on to. */
  florasInUse(): Set<Hash> {
    return new Set([...this.#books.values()].map(({ record }) => record.flora.hash))
  }

  /** Resolves when everything that has begun is through. */
  async settled(): Promise<void> {
    await this.#active.settled()
    await this.#at.keeping.drained()
  }
}

function noRun(runId: string): Rejection {
  return reject('no-run', `There is no run ${runId}.`, 'Look at /api/status for those there are.')
}

const optimizerOf = ({ isFresh }: { isFresh: boolean }) => (isFresh ? 'fresh' : 'kept')

function freshWords({ isFresh }: { isFresh: boolean }): string {
  return isFresh ? ' Its optimizer is another one, and starts afresh.' : ''
}

function wordsOf(back: Rollback): string {
  const { steps, evaluations, pending, features } = back.dropped
  const changed = back.changed.length === 0 ? '' : ` Changed from here: ${back.changed.join(', ')}.`
  return `Dropped: ${steps} steps, ${evaluations} evaluations, ${pending} that were still to come, ${features} sets of features.${changed}${freshWords(back)}`
}
