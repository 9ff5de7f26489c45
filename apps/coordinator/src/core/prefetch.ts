/** Which shards of the next step a worker had better fetch before it is asked for them. */
import type { ShardRef } from '@worldflora/protocol/messages'
import type { CoreState } from './core-state.ts'
import type { WorkerState } from './worker-state.ts'

export function prefetchFor(_state: CoreState, _worker: WorkerState): ShardRef[] {
  return []
}
