/** What is known of a run, active or not, and how everybody may see it. */

import type { Evaluation } from '@worldflora/protocol/evaluation'
import { epochAt, phaseAt } from '@worldflora/protocol/phases'
import type { PinnedWeights, RunDetail, RunStatus } from '@worldflora/protocol/runs'
import type { Obstacle } from '../core/obstacle.ts'
import type {
  CheckpointRecord,
  Dropped,
  FeaturesRecord,
  InitialWeights,
  Milestone,
  PendingEvaluation,
  ReturnToStep,
  RunRecord,
  StepRecord,
  Store,
  Totals,
} from '../store/store.ts'
import { hintOf } from './hint.ts'
import { LOSSES_JUDGED } from './loss-explosion.ts'
import { paceOf } from './pace.ts'
import { featuresFor } from './phase-features.ts'
import { phasesOfRun } from './run-layout.ts'

const STEPS_REMEMBERED = 20

export type RunBook = {
  record: RunRecord
  /** Those kept, by step, without a gap; the last is the run's latest. */
  checkpoints: CheckpointRecord[]
  /** By step. */
  milestones: Milestone[]
  /** The last steps made since this process started. */
  recent: StepRecord[]
  /** Gradients that were accepted since this process started, and what they weighed on the way. */
  uploaded: { bytes: number; images: number }
  /** Of the last LOSSES_JUDGED steps, those of earlier processes included; the oldest first. */
  losses: number[]
  totals: Totals
  evaluations: Evaluation[]
  pending: PendingEvaluation[]
  /** In the order in which they were ordered. */
  features: FeaturesRecord[]
}

export async function readBook(store: Store, record: RunRecord): Promise<RunBook> {
  const checkpoints = await store.checkpointsOf(record.id)
  const { step } = checkpoints.at(-1)!
  return {
    record,
    checkpoints,
    milestones: await store.milestonesOf(record.id),
    recent: [],
    uploaded: { bytes: 0, images: 0 },
    losses: ofPhase(record, step, await store.lossesUpTo(record.id, step, LOSSES_JUDGED)),
    totals: await store.totalsOf(record.id),
    evaluations: await store.evaluationsOf(record.id),
    pending: await store.pendingEvaluations(record.id),
    features: await store.featuresOf(record.id),
  }
}

/** Of a run that has just been made. */
export function newBook(record: RunRecord, first: CheckpointRecord): RunBook {
  const { step, checkpoint, optimizerState } = first
  return {
    record,
    checkpoints: [first],
    milestones: [{ step, checkpoint, bytes: first.base!.bytes, optimizerState }],
    recent: [],
    uploaded: { bytes: 0, images: 0 },
    losses: [],
    totals: { seconds: 0, samples: 0 },
    evaluations: [],
    pending: [],
    features: [],
  }
}

export function noteStep(book: RunBook, step: StepRecord): void {
  book.recent = [...book.recent, step].slice(-STEPS_REMEMBERED)
  book.losses = ofPhase(book.record, step.step, [...book.losses, step.loss].slice(-LOSSES_JUDGED))
  book.totals = {
    seconds: book.totals.seconds + step.seconds,
    samples: book.totals.samples + step.samples,
  }
}

/** Of the last losses up to a step, those of the phase that the next step is of: another phase has others. */
function ofPhase(record: RunRecord, step: number, losses: number[]): number[] {
  const { firstStep } = phaseAt(phasesOfRun(record), step)
  return losses.slice(Math.max(0, losses.length - (step - firstStep)))
}

/** How many epochs are through after so many steps. */
export function epochAfter(record: RunRecord, step: number): number {
  return epochAt(phasesOfRun(record), step)
}

/** What is still to be computed beside the steps. */
export function openOrders({
  pending,
  features,
}: Pick<RunBook, 'pending' | 'features'>): PendingEvaluation[] {
  return [...pending, ...features.filter(({ result }) => result === null)]
}

/** The run is back at a checkpoint whose bytes are durable, in the store and in its book, or nothing has changed. */
export async function backAt(store: Store, book: RunBook, back: ReturnToStep): Promise<Dropped> {
  const { run, to, lostFeatures } = back
  const losses = ofPhase(run, to.step, await store.lossesUpTo(run.id, to.step, LOSSES_JUDGED))
  const { dropped, totals } = await store.returnToStep(back)
  const isKept = ({ step }: { step: number }) => step <= to.step
  const isLost = ({ step, split }: FeaturesRecord) =>
    lostFeatures.some((lost) => lost.step === step && lost.split === split)
  book.record = run
  book.checkpoints = [to]
  book.milestones = book.milestones.filter(isKept)
  book.recent = book.recent.filter(isKept)
  book.losses = losses
  book.evaluations = book.evaluations.filter(isKept)
  book.pending = book.pending.filter(isKept)
  book.features = book.features.filter((order) => isKept(order) && !isLost(order))
  book.totals = totals
  return dropped
}

export function isMeasured({ record, pending }: RunBook): boolean {
  return record.state === 'finished' && pending.length === 0
}

/** Nothing is left to be given out of it. */
export function isThrough(book: RunBook): boolean {
  return book.record.state === 'finished' && openOrders(book).length === 0
}

/** The latest on the validation split; on the test split where the flora has no other. */
function watchedEvaluation({ evaluations }: RunBook): Evaluation | null {
  return evaluations.findLast(({ split }) => split === 'val') ?? evaluations.at(-1) ?? null
}

/** What the core knows of a run beyond its book. */
export type Progress = { tasks: { accepted: number; total: number }; obstacle: Obstacle | null }

export function noteUpload({ uploaded }: RunBook, bytes: number, images: number): void {
  uploaded.bytes += bytes
  uploaded.images += images
}

function phaseOf(book: RunBook): Pick<RunStatus, 'phase'> {
  const { record, checkpoints } = book
  const phases = phasesOfRun(record)
  const phase = phaseAt(phases, checkpoints.at(-1)!.step)
  const { index, train } = phase
  if (phases.length === 1 && train === 'all') return {}
  const extracting = train === 'head' && !featuresFor(book, phase)?.result
  return { phase: { number: index + 1, of: phases.length, train, extracting } }
}

export function statusOf(book: RunBook, { tasks, obstacle }: Progress): RunStatus {
  const { record, uploaded } = book
  const last = book.checkpoints.at(-1)!
  const pace = record.state === 'running' ? paceOf(book.recent) : { imagesPerSecond: 0, stepsPerSecond: 0 }
  return {
    id: record.id,
    name: record.config.name,
    flora: record.flora.name,
    state: record.state,
    ...(record.reason === null ? {} : { reason: record.reason }),
    ...(obstacle === null ? {} : { hint: hintOf(obstacle, record, last.step) }),
    priority: record.settings.priority,
    step: last.step,
    steps: record.steps,
    epoch: epochAfter(record, last.step),
    ...phaseOf(book),
    tasks,
    checkpoint: last.checkpoint,
    ...pace,
    ...(uploaded.images === 0 ? {} : { uploadBytesPerImage: uploaded.bytes / uploaded.images }),
    evaluation: watchedEvaluation(book),
    measured: isMeasured(book),
  }
}

function pinnedOf({ hash, from, headRows }: InitialWeights): PinnedWeights {
  return { hash, from, headRows }
}

export function detailOf(book: RunBook, progress: Progress): RunDetail {
  const { record, totals, evaluations } = book
  const { origin, rollbacks, flora, samplesPerEpoch, initialWeights } = record
  const phaseEnds = phasesOfRun(record).map(({ endStep }) => endStep)
  return {
    status: statusOf(book, progress),
    config: record.config,
    origin,
    rollbacks,
    flora: { name: flora.name, hash: flora.hash, species: flora.species },
    initialWeights: initialWeights && pinnedOf(initialWeights),
    trainingSeconds: totals.seconds,
    imagesTrained: totals.samples,
    testEvaluation:
      evaluations.findLast(({ step, split }) => split === 'test' && step === record.steps) ?? null,
    samplesPerEpoch,
    phaseEvaluations: evaluations.filter(({ step }) => phaseEnds.includes(step)),
  }
}
