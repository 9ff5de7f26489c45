/**
 * What a worker does with the time between two steps: the photos of the tasks that it will probably be given next are drawn. Only what
 * is at hand is used, and whatever fails here fails again, and is dealt with, when the task is given.
 */
import type { Forecast } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import type { LeaseTools } from './lease-tools.ts'

/** Until `signal` aborts. */
export async function prepareTasks(
  { run, tasks }: Forecast,
  { seat, device, caches, limit }: LeaseTools,
  signal: AbortSignal,
): Promise<void> {
  // Who limits the pace has time to spare anyway.
  if (limit.isSet) return
  try {
    for (const task of tasks) {
      const shards = task.entries.map(({ shard }) => shard)
      for (const shard of await seat.call(device, (part) => part.missingShards(shards))) {
        const bytes = await caches.shards.get(shard)
        if (bytes === null || signal.aborted) return
        if (isRejection(await seat.call(device, (part) => part.loadShard(shard, bytes)))) return
      }
      if (signal.aborted) return
      await seat.call(device, (part) => part.prepare({ run, task }))
    }
  } catch {
    // The thread is gone.
  }
}
