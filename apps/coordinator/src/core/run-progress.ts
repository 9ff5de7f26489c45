/** A run as the core holds it: the step in flight and the evaluations under way. */
import type { CheckpointRef, RunState } from '@worldflora/protocol/messages'
import type { EvaluationOrder, OpenRun } from './events.ts'
import { evaluationSlots, gradientSlots, openSlot, type TaskSlot } from './task-slot.ts'

export type EvaluationProgress = { order: EvaluationOrder; slots: TaskSlot[] }

export type RunProgress = {
  run: OpenRun
  state: RunState
  checkpoint: CheckpointRef
  /** Tasks of the step in flight; none when the run is through. */
  slots: TaskSlot[]
  evaluations: EvaluationProgress[]
}

export function openProgress(run: OpenRun): RunProgress {
  const { checkpoint } = run
  return { run, state: run.state, checkpoint, slots: slotsAt(run, checkpoint.step), evaluations: [] }
}

export function advanceTo(progress: RunProgress, checkpoint: CheckpointRef): void {
  progress.checkpoint = checkpoint
  progress.slots = slotsAt(progress.run, checkpoint.step)
  if (progress.slots.length === 0) progress.state = 'finished'
}

/** After a fault at the step's end its contributions are gone: its tasks are computed again. Failures are forgiven. */
export function reopen(progress: RunProgress): void {
  const redo = progress.slots.every(({ state }) => state.kind === 'accepted')
  progress.slots = progress.slots.map((slot) => (redo ? openSlot(slot.task) : slot))
  for (const slot of allSlots(progress)) slot.failures = []
}

export function orderEvaluation(progress: RunProgress, order: EvaluationOrder): void {
  progress.evaluations.push({ order, slots: evaluationSlots(order) })
}

export function allSlots(progress: RunProgress): TaskSlot[] {
  return [...progress.evaluations.flatMap(({ slots }) => slots), ...progress.slots]
}

function slotsAt(run: OpenRun, step: number): TaskSlot[] {
  return step < run.plan.steps ? gradientSlots(run, step) : []
}
