/** Tasks that close together: those of a step, or those of an evaluation. Keeps count, so that no event walks through all. */
import type { PlannedTask } from '@worldflora/dataset/epoch-plan'
import type { RunId, WorkerId } from '@worldflora/protocol/ids'
import type { CheckpointRef, GradientTask, ShardEntries, ShardRef, Task } from '@worldflora/protocol/messages'
import { imagesOf, type Material, materialOf } from '@worldflora/protocol/task-images'
import type { EvaluationOrder, OpenRun, TaskKey } from './events.ts'
import type { LeaseRecord } from './lease.ts'
import type { TaskSlot } from './task-slot.ts'

type Shards = NonNullable<OpenRun['trainShards']>

export type TaskGroup = {
  readonly runId: RunId
  readonly kind: Task['kind']
  /** What a worker's pace for it was measured on. */
  readonly material: Material
  /** What its tasks are computed from (LS2). */
  readonly checkpoint: CheckpointRef
  readonly slots: TaskSlot[]
  /** Its tasks that are offered, those first that have been for longest. */
  readonly offered: Set<TaskSlot>
  /** Its open tasks that somebody has failed. */
  readonly failed: Set<TaskSlot>
  /** Every lease of its tasks under which a result means something. */
  readonly leases: Set<LeaseRecord>
  /** Its tasks that all who are at them are late with (LS3), those first that have been for longest. */
  readonly late: Set<TaskSlot>
  /** So many idle workers were told of its work and have not asked yet. */
  told: number
  accepted: number
  /** Of a step: those that the step after it needs, once somebody has asked. */
  nextShards?: readonly ShardRef[]
  /** Of a step: the tasks of the one after it, once somebody was told of them: the first `count` of them were foretold. */
  next?: { tasks: readonly GradientTask[]; foretold: Foretold; count: number }
  /** Which of its tasks were foretold to whom, while the step before was being closed. */
  readonly foretold: Foretold
  readonly holders: ReadonlyMap<number, WorkerId>
}

/** Numbers of tasks. */
export type Foretold = Map<WorkerId, number[]>

/** The tasks of the step that follows on `checkpoint`; `before`: what was known of it in the step before. */
export function stepGroup(
  { description, plan, shards }: Pick<OpenRun, 'description' | 'plan'> & { shards: Shards },
  checkpoint: CheckpointRef,
  before?: TaskGroup['next'],
): TaskGroup {
  const tasks = before?.tasks ?? gradientTasks(plan, shards, checkpoint.step)
  return groupOf({ description, kind: 'gradient', checkpoint }, tasks, before?.foretold)
}

export function gradientTasks(plan: OpenRun['plan'], shards: Shards, step: number): GradientTask[] {
  return plan.tasksOf(step).map((planned, task) => ({
    kind: 'gradient',
    step,
    task,
    epoch: planned.epoch,
    entries: entriesOf(planned, shards),
  }))
}

/** What is ordered of a checkpoint, and computed beside the steps. */
export type OrderedKind = 'evaluate' | 'extract-features'

export function orderedGroup(
  description: OpenRun['description'],
  { step, split, checkpoint, tasks, views = 1 }: EvaluationOrder,
  kind: OrderedKind,
): TaskGroup {
  const ordered = (entries: ShardEntries[], task: number): Task => {
    const common = { step, task, split, entries }
    return kind === 'evaluate' ? { kind, ...common } : { kind, ...common, views }
  }
  return groupOf({ description, kind, checkpoint }, tasks.map(ordered))
}

function groupOf(
  { description, kind, checkpoint }: Pick<TaskGroup, 'kind' | 'checkpoint'> & Pick<OpenRun, 'description'>,
  tasks: readonly Task[],
  foretold: Foretold = new Map(),
): TaskGroup {
  const group: TaskGroup = {
    runId: description.id,
    kind,
    material: materialOf(description, kind),
    checkpoint,
    slots: [],
    offered: new Set(),
    failed: new Set(),
    leases: new Set(),
    late: new Set(),
    told: 0,
    accepted: 0,
    foretold,
    holders: holdersOf(foretold),
  }
  for (const task of tasks) {
    const images = imagesOf(task, description.config)
    const bytesOf = new Map(task.entries.map(({ shard, bytes }) => [shard, bytes]))
    const shards = [...bytesOf].map(([hash, bytes]) => ({ hash, bytes }))
    group.slots.push({ task, images, shards, group, state: { kind: 'open', leases: [] }, failures: [] })
  }
  for (const slot of group.slots) group.offered.add(slot)
  return group
}

export function keyOf({ task, group }: TaskSlot): TaskKey {
  const { kind, step } = task
  return {
    runId: group.runId,
    kind,
    step,
    task: task.task,
    ...(kind === 'gradient' ? {} : { split: task.split }),
  }
}

/** Runs of entries of one shard become one item; the plan's order is kept. */
function entriesOf(planned: PlannedTask, shards: Shards): ShardEntries[] {
  const entries: ShardEntries[] = []
  let at = -1
  for (const { shard, sample } of planned.entries) {
    if (shard === at) entries.at(-1)!.samples.push(sample)
    else entries.push({ shard: shards[shard]!.hash, bytes: shards[shard]!.bytes, samples: [sample] })
    at = shard
  }
  return entries
}

function holdersOf(foretold: Foretold): Map<number, WorkerId> {
  return new Map([...foretold].flatMap(([worker, tasks]) => tasks.map((task) => [task, worker] as const)))
}
