/** All runs: taken up from the store at start, made, paused, measured, published, as the edge asks. What workers do for them is in run-work.ts. */

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
import { rejectionOf } from '../store/storage-fault.ts'
import type { FeaturesRecord, RunSettings } from '../store/store.ts'
import type { ActiveRun } from './active-run.ts'
import type { ActiveRuns } from './active-runs.ts'
import { weightsToPublish } from './averaged-weights.ts'
import { watchedSplit } from './evaluation-plan.ts'
import { recordEvaluations } from './evaluations.ts'
import { featuresOf, giveOutFeatures, orderFeatures } from './features.ts'
import { forkRun } from './forking.ts'
import { keptCheckpoints } from './kept-checkpoints.ts'
import { isModelWhole, mendModel } from './model-mending.ts'
import { publishLatest } from './publishing.ts'
import { reachableAt } from './reachable.ts'
import { faultOfRollback, type Rollback, rollBack } from './rolling-back.ts'
import { detailOf, isThrough, newBook, type Progress, type RunBook, readBook, statusOf } from './run-book.ts'
import { makeRun, openingOf, unfinishedNamesake } from './run-opening.ts'
import { goOn, halt } from './run-states.ts'
import { forgetMilestones, leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'

/** Points of a curve that are worth sending. */
const STEPS_SHOWN = 2000

export class Runs {
  readonly #at: Surroundings
  readonly #progressOf: (runId: RunId) => Progress
  /** In the order of their making. */
  readonly #books = new Map<RunId, RunBook>()
  readonly #active: ActiveRuns

  constructor(at: Surroundings, active: ActiveRuns, progressOf: (runId: RunId) => Progress) {
    this.#at = at
    this.#active = active
    this.#progressOf = progressOf
  }

  /** Goes on with what the store says is unfinished. A run that cannot be read is paused, and stops no other. */
  async takeUp(): Promise<void> {
    for (const record of await this.#at.store.listRuns()) {
      const book = await readBook(this.#at.store, record)
      this.#books.set(record.id, book)
      if (isThrough(book) || record.state === 'stopped') continue
      await this.#active.takeUpOrPause(book)
    }
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
    const run = await this.#active.change(id, () => this.#active.takeUpOrPause(book))
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
    const run = await this.#active.takeUpOrPause(book)
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

  // What is shown.

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
    if (active === null) return void (state === 'stopped' || (await this.#active.takeUpOrPause(book)))
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
