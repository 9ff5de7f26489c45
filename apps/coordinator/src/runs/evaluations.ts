/** Evaluations under way: rows of their tasks are gathered in memory, and measured once all are in. */
import { measure } from '@worldflora/model/metrics'
import type { EvaluateResult, Evaluation, Split } from '@worldflora/protocol/evaluation'
import { isRejection } from '@worldflora/protocol/rejection'
import type { TaskKey } from '../core/events.ts'
import type { ActiveRun } from './active-run.ts'
import { watchedSplit } from './evaluation-plan.ts'
import { publishCheckpoint } from './publishing.ts'
import { forgetBlobs, forgetMilestones, leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'

const nameOf = (step: number, split: Split) => `${step}/${split}`

export function gatherRows(
  run: ActiveRun,
  { step, split, task }: TaskKey,
  photos: EvaluateResult['photos'],
): void {
  const name = nameOf(step, split!)
  const rows = run.gathered.get(name) ?? []
  rows[task] = photos
  run.gathered.set(name, rows)
}

export async function closeEvaluation(
  at: Surroundings,
  run: ActiveRun,
  { step, split }: { step: number; split: Split },
): Promise<void> {
  // The run was rolled back meanwhile, to before this step.
  if (orderOf(run, { step, split }) === undefined) return
  const rows = run.gathered.get(nameOf(step, split)) ?? []
  run.gathered.delete(nameOf(step, split))
  const { config, flora } = run.book.record
  const crops = config.evaluation?.crops ?? 1
  run.unrecorded.push({ step, split, ...(crops > 1 && { crops }), ...measure(rows, flora.species) })
  await recordEvaluations(at, run)
}

/** Throws a StorageFault when one cannot be kept: it stays, and is tried again when the run is resumed (DU1). */
export async function recordEvaluations(at: Surroundings, run: ActiveRun): Promise<void> {
  for (let next = run.unrecorded[0]; next !== undefined; next = run.unrecorded[0]) {
    await recordEvaluation(at, run, next)
    run.unrecorded.shift()
  }
}

type Measured = { step: number; split: Split }

const orderOf = ({ book }: ActiveRun, { step, split }: Measured) =>
  book.pending.find((pending) => pending.step === step && pending.split === split)

/** May be made twice: whatever part of it is done already is done again. */
async function recordEvaluation(at: Surroundings, run: ActiveRun, evaluation: Evaluation): Promise<void> {
  const { book, manifest } = run
  const { id, config } = book.record
  const { step, split, top1 } = evaluation
  const ordered = orderOf(run, evaluation)
  if (ordered === undefined) return
  const others = book.evaluations.filter((other) => other.step !== step || other.split !== split)
  const isBest = others.filter((other) => other.split === split).every((other) => other.top1 < top1)
  await at.keeping.add(() => at.store.recordEvaluation(id, evaluation))
  book.evaluations = [...others, evaluation].sort((a, b) => a.step - b.step || (a.split < b.split ? -1 : 1))
  if (config.publishBest && isBest && split === watchedSplit(manifest)) {
    const published = await publishCheckpoint(at, book, ordered.checkpoint)
    if (isRejection(published)) at.journal.note('not-published', id, published.message)
  }
  book.pending = book.pending.filter((pending) => pending !== ordered)
  const percent = (100 * top1).toFixed(1)
  at.journal.note(
    'evaluated',
    id,
    `${config.name} names ${percent} % of the ${split} photos after step ${step}.`,
  )
  at.noteChange()
  const { base, deltas } = ordered.checkpoint
  await at.keeping.add(() => forgetBlobs(at, [base, ...deltas])).catch(leaveToSweep)
  const forget = () => forgetMilestones(at, book, watchedSplit(manifest))
  book.milestones = (await at.keeping.add(forget).catch(leaveToSweep)) ?? book.milestones
}
