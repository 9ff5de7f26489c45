/**
 * WK14: which tasks of the next step a worker will be given first: the plan is known, so the gap between two steps need not be lost to who
 * idles in it. Each is told others. A forecast grants nothing: `nearest` keeps to it as far as the tasks are there.
 */
import { type Forecast, type GradientTask, TASKS_AHEAD_MAX } from '@worldflora/protocol/messages'
import type { CoreState } from './core-state.ts'
import { expectedMs } from './pace.ts'
import { isHalted, type RunProgress } from './run-progress.ts'
import { gradientTasks, type TaskGroup } from './task-group.ts'
import { canDo, type WorkerState } from './worker-state.ts'

/** What a worker does in so long is more than it can prepare between two steps. */
const WORTH_MS = 1000

/** null: nothing is known of what comes next. */
export function forecastFor(state: CoreState, worker: WorkerState): Forecast | null {
  for (const progress of state.runs.values()) {
    if (isHalted(progress) || !canDo(worker, progress, 'gradient')) continue
    const tasks = tasksFor(progress, worker)
    if (tasks.length > 0) return { run: progress.run.description, tasks }
  }
  return null
}

function tasksFor({ run, step }: RunProgress, worker: WorkerState): GradientTask[] {
  const { plan, trainShards, description } = run
  if (step === null || step.offered.size > 0 || worker.paces.photos === null) return []
  const next = step.checkpoint.step + 1
  if (trainShards === null || description.train !== 'all' || next >= plan.steps) return []
  step.next ??= { tasks: gradientTasks(plan, trainShards, next), foretold: new Map(), count: 0 }
  const { tasks, foretold } = step.next
  let own = foretold.get(worker.id)
  if (own === undefined) {
    const first = step.next.count
    step.next.count = Math.min(tasks.length, first + worthwhile(worker.paces.photos, step))
    own = Array.from({ length: step.next.count - first }, (_, i) => first + i)
    foretold.set(worker.id, own)
  }
  return own.map((task) => tasks[task]!)
}

function worthwhile(imagesPerSecond: number, { slots }: TaskGroup): number {
  const perTaskMs = Math.max(1, expectedMs(imagesPerSecond, slots[0]!.images))
  return Math.max(1, Math.min(TASKS_AHEAD_MAX, Math.floor(WORTH_MS / perTaskMs)))
}
