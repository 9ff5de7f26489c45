/** A run opens, pauses, resumes, goes on to its next step, and ends. */
import type { RunId } from '@worldflora/protocol/ids'
import type { CoreState } from './core-state.ts'
import type { Effect, EvaluationOrder, EventOf } from './events.ts'
import { beginInTurn } from './fair-share.ts'
import { isLive } from './lease.ts'
import { endLeasesOf, recallLease } from './lease-ledger.ts'
import {
  advanceTo,
  beginStepAnew,
  groupsOf,
  isHalted,
  isThrough,
  openProgress,
  type RunProgress,
} from './run-progress.ts'
import { type OrderedKind, orderedGroup } from './task-group.ts'

export function openRun(state: CoreState, { run }: EventOf<'run-opened'>): void {
  const { id } = run.description
  if (state.runs.has(id)) throw new Error(`run ${id} is open already`)
  const progress = openProgress(run)
  beginInTurn(state, progress)
  state.runs.set(id, progress)
}

export function closeRun(state: CoreState, { runId }: EventOf<'run-closed'>): Effect[] {
  const progress = runOf(state, runId)
  const groups = [...groupsOf(progress), ...(progress.measured === null ? [] : [progress.measured])]
  const effects = groups.flatMap((group) => endLeasesOf(state, group))
  state.runs.delete(runId)
  // Opened again, it may ask for less.
  for (const { unfitFor } of state.workers.values()) {
    for (const name of unfitFor) if (name.startsWith(`${runId}/`)) unfitFor.delete(name)
  }
  return effects
}

export function runOf(state: CoreState, runId: RunId): RunProgress {
  const progress = state.runs.get(runId)
  if (progress === undefined) throw new Error(`run ${runId} is not open`)
  return progress
}

export function orderTasks(
  state: CoreState,
  { runId, order }: { runId: RunId; order: EvaluationOrder },
  kind: OrderedKind,
): void {
  if (order.tasks.length === 0) throw new Error('an order has at least one task')
  const progress = runOf(state, runId)
  progress.evaluations.push(orderedGroup(progress.run.description, order, kind))
}

export function changeRunState(state: CoreState, event: EventOf<'run-state-changed'>): Effect[] {
  const progress = runOf(state, event.runId)
  if (isHalted(progress)) beginInTurn(state, progress)
  progress.state = event.state
  if (event.state === 'paused' || event.state === 'stopped') return recallLeases(state, progress)
  if (isThrough(progress)) progress.state = 'finished'
  forgiveFailures(progress)
  return []
}

export function pauseRun(state: CoreState, progress: RunProgress, reason: string): Effect[] {
  progress.state = 'paused'
  return [{ kind: 'pause-run', runId: progress.run.description.id, reason }, ...recallLeases(state, progress)]
}

/** What was accepted of the step in flight is gone: once the run is resumed, all of it is computed again. */
export function noteFault(state: CoreState, { runId, reason }: EventOf<'run-faulted'>): Effect[] {
  const progress = runOf(state, runId)
  const effects = progress.step === null ? [] : endLeasesOf(state, progress.step)
  beginStepAnew(progress)
  return progress.state === 'stopped' ? effects : [...effects, ...pauseRun(state, progress, reason)]
}

/** LS2: with the new checkpoint all leases of the old step are void. */
export function goOn(state: CoreState, { runId, checkpoint }: EventOf<'step-made-durable'>): Effect[] {
  const progress = runOf(state, runId)
  if (progress.step === null || checkpoint.step !== progress.checkpoint.step + 1) {
    throw new Error(`step ${checkpoint.step} of run ${runId} does not follow on ${progress.checkpoint.step}`)
  }
  const effects = endLeasesOf(state, progress.step)
  advanceTo(progress, checkpoint)
  const { step } = checkpoint
  return [...effects, { kind: 'announce-step', runId, step, checkpoint: checkpoint.checkpoint }]
}

/** Their workers are free; what they have nearly done is still accepted until the deadline. */
function recallLeases(state: CoreState, progress: RunProgress): Effect[] {
  const effects: Effect[] = []
  for (const { leases } of groupsOf(progress)) {
    for (const lease of leases) if (isLive(lease)) effects.push(...recallLease(state, lease))
  }
  return effects
}

function forgiveFailures(progress: RunProgress): void {
  for (const { failed } of groupsOf(progress)) {
    for (const slot of failed) slot.failures = []
    failed.clear()
  }
}
