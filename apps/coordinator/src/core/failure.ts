/** When a task counts as one that nobody can do (LV1). */
import type { TaskSlot } from './task-slot.ts'

const INDEPENDENT_WORKERS = 3
const ATTEMPTS_OF_ONE = 5

export function isHopeless({ failures }: TaskSlot): boolean {
  const byWorker = new Map<string, number>()
  for (const { workerId } of failures) byWorker.set(workerId, (byWorker.get(workerId) ?? 0) + 1)
  return (
    byWorker.size >= INDEPENDENT_WORKERS || [...byWorker.values()].some((count) => count >= ATTEMPTS_OF_ONE)
  )
}

/** In the operator's words, with the samples, so that they can be looked at. */
export function hopelessReason({ task, failures }: TaskSlot): string {
  const workers = new Set(failures.map(({ workerId }) => workerId)).size
  const samples = task.entries
    .map(({ shard, samples }) => `${shard.slice(0, 12)}: ${samples.join(' ')}`)
    .join('; ')
  return (
    `${task.kind} task ${task.task} of step ${task.step} failed ${failures.length} times on ${workers} ` +
    `worker${workers === 1 ? '' : 's'}, the last time because: ${failures.at(-1)!.message}. Its samples: ${samples}`
  )
}
