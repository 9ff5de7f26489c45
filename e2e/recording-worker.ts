/** A real Node worker in this process that notes each checkpoint it computes from, got as every worker gets it: over deltas. */
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection } from '@worldflora/protocol/rejection'
import { type HeldWeights, leadOn } from '@worldflora/worker/checkpoint'
import { spawnCompute } from '@worldflora/worker/node'
import { identityInMemory, memoryBlobCache, type Session, startSession } from '@worldflora/worker/session'
import { onTestFinished } from 'vitest'

export type Record = {
  /** Weights by the checkpoint's hash. */
  weights: Map<Hash, Float32Array>
  /** The checkpoint that the gradients of a step were computed from. */
  checkpoints: Map<number, Hash>
}

/** Several may note into one record: between them they see every step. */
export function startRecordingWorker(url: string, record: Record): Session {
  let held: HeldWeights | null = null
  const session = startSession({
    url,
    host: 'node',
    backend: 'wasm',
    caches: { shards: memoryBlobCache(64e6), checkpoints: memoryBlobCache(64e6) },
    identity: identityInMemory(),
    onActivity: () => {},
    spawnCompute() {
      const thread = spawnCompute()
      const { compute } = thread
      return {
        ...thread,
        compute: {
          ...compute,
          loadCheckpoint(parts) {
            const led = leadOn(held, {
              ...parts,
              base: parts.base?.slice() ?? null,
              deltas: parts.deltas.map((delta) => delta.slice()),
            })
            if (isRejection(led)) throw new Error(led.message)
            held = led
            record.weights.set(led.checkpoint, led.values.slice())
            return compute.loadCheckpoint(parts)
          },
          gradient(request, onProgress) {
            record.checkpoints.set(request.task.step, request.checkpoint)
            return compute.gradient(request, onProgress)
          },
        },
      }
    },
  })
  onTestFinished(() => session.stop())
  return session
}
