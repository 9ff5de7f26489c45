/**
 * A compute part whose time is a model and whose bytes are real: it takes as long as its pace says, and answers every lease
 * with the sum of as many contributions, of the run's true size (made beforehand: the summing is not timed). Checkpoints and shards are fetched for it as for any other, and checked by
 * their hashes; it does not apply or decode them, for 128 machines do not fit two cores.
 */
import type { Hash } from '@worldflora/protocol/ids'
import type { GradientTask } from '@worldflora/protocol/messages'
import type { Coding } from '@worldflora/protocol/partial-sum'
import type { ComputePort, ComputeThread } from '@worldflora/worker/session'
import type { DrawnSums } from './contribution.ts'

export type Model = {
  imagesPerSecond: number
  sums: DrawnSums
  /** null: as the session asks for. */
  coding: Coding | null
  onComputed(task: GradientTask, startedMs: number, endedMs: number): void
}

export function modelledThread(model: Model): ComputeThread {
  const shards = new Set<Hash>()
  const timers = new Set<NodeJS.Timeout>()
  let held: Hash | null = null
  /** One task at a time: the next one is given while it has another. */
  let freeAtMs = 0

  const compute: ComputePort = {
    open: async () => ({ device: { backend: 'wasm' }, trial: null }),
    heldCheckpoint: async () => held,
    async loadCheckpoint({ checkpoint }) {
      held = checkpoint
      return null
    },
    missingShards: async (asked) => asked.filter((shard) => !shards.has(shard)),
    async loadShard(hash) {
      shards.add(hash)
      return null
    },
    holdsTrainCounts: async () => true,
    loadTrainCounts: async () => null,
    photosOf: async () => [],
    prepare: async () => {},
    async gradient({ task }) {
      const images = task.entries.reduce((sum, { samples }) => sum + samples.length, 0)
      const startedMs = Math.max(performance.now(), freeAtMs)
      freeAtMs = startedMs + (1000 * images) / model.imagesPerSecond
      await sleepUntil(freeAtMs)
      model.onComputed(task, startedMs, performance.now())
      return model.sums.digest
    },
    sum: async ({ tasks, coding }) => model.sums.of(tasks.length, model.coding ?? coding),
    release: async () => {},
    features: () => Promise.reject(new Error('a modelled worker extracts nothing')),
    spent: async () => ({ modelMs: 0, decodeMs: 0, computeMs: 0, encodeMs: 0 }),
    evaluate: () => Promise.reject(new Error('a modelled worker measures nothing')),
  }

  function sleepUntil(endMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          timers.delete(timer)
          resolve()
        },
        Math.max(0, endMs - performance.now()),
      )
      timers.add(timer)
    })
  }

  return {
    compute,
    crashed: new Promise(() => {}),
    async terminate() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
