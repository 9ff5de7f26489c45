/** Evaluations under way: rows of their tasks are gathered in memory, and measured once all are in. */
import { measure } from '@worldflora/model/metrics'
import type { EvaluateResult, Evaluation, Split } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import type { TaskKey } from '../core/events.ts'
import type { ActiveRun } from './active-run.ts'
import { watchedSplit } from './evaluation-plan.ts'
import { publishCheckpoint } from './publishing.ts'
import { forgetBlobs, forgetMilestones } from './step-keeping.ts'
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
  const { book } = run
  const { id, config, flora } = book.record
  const ordered = book.pending.find((pending) => pending.step === step && pending.split === split)
  // The run was rolled back meanwhile, to before this step.
  if (ordered === undefined) return
  const rows = run.gathered.get(nameOf(step, split)) ?? []
  run.gathered.delete(nameOf(step, split))
  const evaluation: Evaluation = { step, split, ...measure(rows, flora.species) }
  const isBest = book.evaluations
    .filter((earlier) => earlier.split === split)
    .every((earlier) => earlier.top1 < evaluation.top1)
  await at.keeping.add(() => at.store.recordEvaluation(id, evaluation))
  book.evaluations = [...book.evaluations, evaluation].sort(
    (a, b) => a.step - b.step || (a.split < b.split ? -1 : 1),
  )
  at.journal.note(
    'evaluated',
    id,
    `${config.name} names ${(100 * evaluation.top1).toFixed(1)} % of the ${split} photos after step ${step}.`,
  )
  if (config.publishBest && isBest && split === watchedSplit(run.manifest)) {
    const published = await publishCheckpoint(at, book, ordered.checkpoint)
    if (isRejection(published)) at.journal.note('not-published', id, published.message)
  }
  book.pending = book.pending.filter((pending) => pending !== ordered)
  at.noteChange()
  const { base, deltas } = ordered.checkpoint
  await at.keeping.add(() => forgetBlobs(at, [base, ...deltas]))
  book.milestones = await at.keeping.add(() => forgetMilestones(at, book, watchedSplit(run.manifest)))
}
