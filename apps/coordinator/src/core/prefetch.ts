/**
 * Which shards of the next step a worker had better fetch before it is asked for them: the plan is known, so the gap between two
 * steps need not be spent on downloads. Each worker is named others, for the tasks go to whoever has their shards.
 */
import type { ShardRef } from '@worldflora/protocol/messages'
import type { CoreState } from './core-state.ts'
import { isHalted, type RunProgress } from './run-progress.ts'
import { canDo, type WorkerState } from './worker-state.ts'

const SHARDS_AT_ONCE = 2

export function prefetchFor(state: CoreState, worker: WorkerState): ShardRef[] {
  const missing: ShardRef[] = []
  for (const progress of state.runs.values()) {
    if (isHalted(progress) || !canDo(worker, progress, 'gradient')) continue
    for (const shard of nextShards(progress)) if (!worker.shards.has(shard.hash)) missing.push(shard)
  }
  if (missing.length <= SHARDS_AT_ONCE) return missing
  const order = new Map(missing.map((shard) => [shard, placeOf(worker.id + shard.hash)]))
  return missing.sort((a, b) => order.get(a)! - order.get(b)!).slice(0, SHARDS_AT_ONCE)
}

/** Each once. Made when it is first asked for: the plan of a step costs time. */
function nextShards({ run, step }: RunProgress): readonly ShardRef[] {
  if (step === null) return []
  step.nextShards ??= shardsAfter(run, step.checkpoint.step)
  return step.nextShards
}

function shardsAfter({ plan, trainShards }: RunProgress['run'], step: number): ShardRef[] {
  if (trainShards === null || step + 1 >= plan.steps) return []
  const numbers = new Set(plan.tasksOf(step + 1).flatMap(({ entries }) => entries.map(({ shard }) => shard)))
  return [...numbers].map((number) => ({
    hash: trainShards[number]!.hash,
    bytes: trainShards[number]!.bytes,
  }))
}

/** FNV-1a: the same everywhere, and even enough to give every worker an order of its own. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
