/** A run as the core holds it: the step in flight and the evaluations under way. */
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { RunState } from '@worldflora/protocol/runs'
import type { OpenRun } from './events.ts'
import { stepGroup, type TaskGroup } from './task-group.ts'

export type RunProgress = {
  readonly run: OpenRun
  state: RunState
  /** The latest that is durable. */
  checkpoint: CheckpointRef
  /** The step in flight; null when the run is through. */
  step: TaskGroup | null
  /** Evaluations and features under way: the oldest order first. */
  evaluations: TaskGroup[]
  /** The last that is through: its leases stay known, so that late copies are compared (LS3). */
  measured: TaskGroup | null
  /** 0 to 9. */
  priority: number
  /** Images granted over 2^priority: the run that is furthest behind is served first. */
  virtualTime: number
}

export function openProgress(run: OpenRun): RunProgress {
  const { state, priority, checkpoint } = run
  const step = stepAfter(run, checkpoint)
  return { run, state, checkpoint, step, evaluations: [], measured: null, priority, virtualTime: 0 }
}

export function advanceTo(progress: RunProgress, checkpoint: CheckpointRef): void {
  const next = progress.step?.next
  progress.checkpoint = checkpoint
  progress.step = stepAfter(progress.run, checkpoint, next)
  if (isThrough(progress)) progress.state = 'finished'
}

/** All tasks of the step in flight are to be computed again. */
export function beginStepAnew(progress: RunProgress): void {
  progress.step = stepAfter(progress.run, progress.checkpoint)
}

export function groupsOf({ evaluations, step }: RunProgress): TaskGroup[] {
  return step === null ? evaluations : [...evaluations, step]
}

/** No work is given out of it. */
export function isHalted({ state }: RunProgress): boolean {
  return state === 'paused' || state === 'stopped'
}

/** Its phase has no further step. */
export function isThrough({ run, checkpoint }: RunProgress): boolean {
  return checkpoint.step >= run.plan.steps
}

function stepAfter(
  { description, plan, trainShards }: OpenRun,
  checkpoint: CheckpointRef,
  before?: TaskGroup['next'],
): TaskGroup | null {
  if (checkpoint.step >= plan.steps || trainShards === null) return null
  return stepGroup({ description, plan, shards: trainShards }, checkpoint, before)
}
