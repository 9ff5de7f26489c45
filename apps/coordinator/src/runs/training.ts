/** The steps of a run: contributions into the sums, and with the last one in, the next checkpoint (CK1). */

import { isRejection } from '@worldflora/protocol/rejection'
import type { TaskKey } from '../core/events.ts'
import type { Received } from '../reduction/received.ts'
import { StorageFault } from '../store/storage-fault.ts'
import type { ActiveRun } from './active-run.ts'
import { orderOf } from './active-run.ts'
import { averageOf } from './averaged-weights.ts'
import { chainOf } from './checkpoint-chain.ts'
import { evaluationsDue, watchedSplit } from './evaluation-plan.ts'
import { explosionLimit, isExploding, lossOfGuessing } from './loss-explosion.ts'
import { isMilestone } from './retention.ts'
import { epochAfter, noteStep } from './run-book.ts'
import { finish } from './run-states.ts'
import { forgetMilestones, forgetOldSteps, keepStep, leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'

export function addContribution(
  { reducer, fail }: Surroundings,
  run: ActiveRun,
  { step }: TaskKey,
  received: Received,
): void {
  const added = reducer.add({ runId: run.book.record.id, step, received })
  // Answered when the step closes; until then it must not count as unhandled.
  added.catch(fail)
  run.adding.push(added)
}

/** The step's tasks are all accepted. Ends with the step announced, or the run paused. */
export async function closeStep(
  at: Surroundings,
  run: ActiveRun,
  step: number,
  samples: number,
): Promise<'done' | 'phase-ended'> {
  const fault = await reduceAndKeep(at, run, step, samples)
  if (fault === null) return endsPhase(run, step) ? 'phase-ended' : 'done'
  run.isReducing = false
  at.say({ kind: 'run-faulted', runId: run.book.record.id, reason: fault })
  return 'done'
}

/** PH1: the next step is of another phase: the run is to be taken up anew, for that. */
function endsPhase({ phase, book }: ActiveRun, step: number): boolean {
  return step + 1 === phase.endStep && step + 1 < book.record.steps
}

async function reduceAndKeep(
  at: Surroundings,
  run: ActiveRun,
  step: number,
  samples: number,
): Promise<string | null> {
  const { book, plan, manifest, phase } = run
  const { id, steps } = book.record
  const { config } = phase
  const added = (await Promise.all(run.adding.splice(0))).find(isRejection)
  if (added !== undefined) return added.message
  const reduced = await at.reducer.closeStep({ runId: id, step, samples })
  if (isRejection(reduced)) return `Step ${step}: ${reduced.message} ${reduced.action}`

  const explosion = explosionOf(run, step, reduced.loss)
  if (explosion !== null) return explosion
  const average = averageOf(config, run.layout, reduced.optimizerState, reduced.weights)
  if (isRejection(average)) return `Step ${step}: ${average.message} ${average.action}`
  const nowMs = at.clock.nowMs()
  const record = {
    step: step + 1,
    epoch: epochAfter(book.record, step + 1),
    samples,
    seconds: (nowMs - (run.stepOpenedAtMs ?? nowMs)) / 1000,
    loss: reduced.loss,
    accuracy: reduced.accuracy,
    learningRate: reduced.learningRate,
  }
  const finished = step + 1 === steps
  const isLast = step + 1 === phase.endStep
  const moment = { epochBefore: plan.epochOf(step), epochAfter: record.epoch, isLast }
  const toKeep = {
    reduced,
    average,
    record,
    evaluations: evaluationsDue(manifest, config.evaluateEveryEpochs, moment),
    isMilestone: isMilestone(config.evaluateEveryEpochs, moment),
    endsPhase: endsPhase(run, step),
    finished,
  }
  const kept = await at.keeping
    .add(() => keepStep(at, book, toKeep))
    .catch((error: unknown) => {
      if (!(error instanceof StorageFault)) throw error
      run.isInDoubt = true
      return `Step ${step} could not be kept. ${error.words}`
    })
  if (typeof kept === 'string') return kept

  book.checkpoints = [...book.checkpoints, kept.checkpoint]
  book.pending = [...book.pending, ...kept.evaluations]
  if (kept.milestone !== null) book.milestones = [...book.milestones, kept.milestone]
  run.explodedAtStep = null
  noteStep(book, record)
  if (finished) finish(at, book)
  run.stepOpenedAtMs = nowMs
  at.say({ kind: 'step-made-durable', runId: id, checkpoint: chainOf(book.checkpoints) })
  for (const pending of kept.evaluations) {
    at.say({ kind: 'evaluation-ordered', runId: id, order: orderOf(run, pending) })
  }
  at.noteChange()
  book.checkpoints =
    (await at.keeping.add(() => forgetOldSteps(at, book)).catch(leaveToSweep)) ?? book.checkpoints
  const forget = () => forgetMilestones(at, book, watchedSplit(manifest))
  book.milestones = (await at.keeping.add(forget).catch(leaveToSweep)) ?? book.milestones
  return null
}

/** DV2, DV3: why the run pauses before the step is kept; null if it does not. */
function explosionOf(run: ActiveRun, step: number, loss: number): string | null {
  const { record, losses } = run.book
  const { species } = record.flora
  const isAccepted = run.explodedAtStep === step && Number.isFinite(loss)
  if (isAccepted || !isExploding(loss, losses, species)) return null
  run.explodedAtStep = step
  return (
    `The loss exploded: ${loss.toPrecision(3)} at checkpoint ${step}, where up to ` +
    `${explosionLimit(losses, species).toPrecision(3)} could be noise (guessing costs ${lossOfGuessing(species).toPrecision(3)}). ` +
    'Roll the run back to a checkpoint before, or fork it from there, with a lower learning rate, a longer warm-up or a clipNorm. ' +
    'Resumed as it is, it goes on in spite of it.'
  )
}
