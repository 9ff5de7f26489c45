/** The shards that a lease will want of the worker's cache. */
import type { Lease, ShardRef } from '@worldflora/protocol/messages'

/** Those of a lease's later tasks, in their order, and then what the next step will want. */
export function shardsAhead(lease: Lease): ShardRef[] {
  const now = new Set(lease.tasks[0].entries.map(({ shard }) => shard))
  return shardsOf(lease).filter(({ hash }) => !now.has(hash))
}

/** All that a lease will want, in its order, and then what the next step will. */
export function shardsOf({ tasks, prefetch }: Lease): ShardRef[] {
  const own = tasks.flatMap(({ entries }) => entries.map(({ shard, bytes }) => ({ hash: shard, bytes })))
  return [...new Map([...own, ...prefetch].map((shard) => [shard.hash, shard])).values()]
}
