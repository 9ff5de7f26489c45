/**
 * Which of several runs comes next: weighted fair queueing (Demers, Keshav and Shenker 1989; by start tags as Goyal, Vin and
 * Cheng 1996). A run's virtual time is the images granted of it over 2^priority, and the one that is furthest behind is
 * served. So a run gets twice the share of one that is a priority below, whatever both need, and none starves.
 */
import type { CoreState } from './core-state.ts'
import { isHalted, type RunProgress } from './run-progress.ts'

/** What a run could not take while nobody could do it, or between two of its steps, it may catch up with to this measure. */
const STEPS_TO_CATCH_UP = 2

export function runsInTurn(state: CoreState): RunProgress[] {
  const active = [...state.runs.values()].filter((progress) => !isHalted(progress))
  return active.sort((a, b) => turnOf(state, a) - turnOf(state, b))
}

/** The virtual time at which the run is next served. */
function turnOf(state: CoreState, progress: RunProgress): number {
  const { samplesPerTask, tasksPerStep } = progress.run.description.config
  const lag = STEPS_TO_CATCH_UP * costOf(progress, samplesPerTask * tasksPerStep)
  return Math.max(progress.virtualTime, state.virtualTime - lag)
}

function costOf({ priority }: RunProgress, images: number): number {
  return images / 2 ** priority
}

/** So many images of the run were granted. */
export function charge(state: CoreState, progress: RunProgress, images: number): void {
  const turn = turnOf(state, progress)
  progress.virtualTime = turn + costOf(progress, images)
  state.virtualTime = Math.max(state.virtualTime, turn)
}

/** A run that is new, or goes on after a pause, is owed nothing: it begins with the one that is furthest behind. */
export function beginInTurn(state: CoreState, progress: RunProgress): void {
  const [first] = runsInTurn(state).filter((other) => other !== progress)
  progress.virtualTime = first === undefined ? state.virtualTime : turnOf(state, first)
}
