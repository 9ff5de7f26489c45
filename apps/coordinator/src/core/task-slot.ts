/** One task of the step in flight, or of an evaluation: what is in it, and how far it is. */
import type { PlannedTask } from '@worldflora/dataset/epoch-plan'
import type { Hash, WorkerId } from '@worldflora/protocol/ids'
import type { ShardEntries, Task } from '@worldflora/protocol/messages'
import type { EvaluationOrder, OpenRun } from './events.ts'
import type { LeaseRecord } from './lease.ts'

export type TaskState =
  | { kind: 'open'; leases: LeaseRecord[] }
  | { kind: 'accepted'; workerId: WorkerId; digest: Hash }

export type TaskFailure = { workerId: WorkerId; message: string }

export type TaskSlot = {
  task: Task
  images: number
  state: TaskState
  failures: TaskFailure[]
}

export function gradientSlots(run: OpenRun, step: number): TaskSlot[] {
  return run.plan.tasksOf(step).map((planned, index) =>
    openSlot({
      kind: 'gradient',
      step,
      task: index,
      epoch: planned.epoch,
      entries: entriesOf(planned, run.trainShards),
    }),
  )
}

export function evaluationSlots(order: EvaluationOrder): TaskSlot[] {
  return order.tasks.map((entries, index) =>
    openSlot({ kind: 'evaluate', step: order.step, task: index, split: order.split, entries }),
  )
}

/** An accepted slot made new, for a step that has to be computed again. */
export function openSlot(task: Task): TaskSlot {
  const images = task.entries.reduce((sum, { samples }) => sum + samples.length, 0)
  return { task, images, state: { kind: 'open', leases: [] }, failures: [] }
}

/** Runs of entries of one shard become one item; the plan's order is kept. */
function entriesOf(planned: PlannedTask, shards: OpenRun['trainShards']): ShardEntries[] {
  const entries: (ShardEntries & { index: number })[] = []
  for (const { shard, sample } of planned.entries) {
    const last = entries.at(-1)
    if (last?.index === shard) last.samples.push(sample)
    else
      entries.push({
        index: shard,
        shard: shards[shard]!.hash,
        bytes: shards[shard]!.bytes,
        samples: [sample],
      })
  }
  return entries.map(({ shard, bytes, samples }) => ({ shard, bytes, samples }))
}
