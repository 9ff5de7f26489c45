/** The Node host: a session in this thread, its compute part in a worker thread; several of both for several cores. */
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import { memoryBlobCache } from '../session/blob-cache.memory.ts'
import { identityInMemory } from '../session/identity.ts'
import {
  type Activity,
  type BackendChoice,
  Crew,
  type SessionOutcome,
  startSession,
  trialMemory,
} from '../session/index.ts'
import { keptInCache } from './kept-in-cache.ts'
import { spawnCompute } from './spawn-compute.ts'

export { type Activity, spawnCompute }

const SHARDS_LIMIT_BYTES = 256_000_000
const CHECKPOINTS_LIMIT_BYTES = 128_000_000

export type NodeWorkerOptions = {
  url: string
  /** Default: WebGPU where there is a real GPU, else WASM. */
  backend?: BackendChoice
  /** On each of so many a compute part has tasks of its own, and is a worker of its own to the coordinator. Default: 1. */
  cores?: number
  /** Of all of them together: no more than this is computed. Default: no limit. */
  imagesPerSecondLimit?: number
  signal: AbortSignal
  onActivity(activity: Activity): void
}

/** Works until `signal` aborts or the coordinator has no use for this worker; says which. */
export async function runNodeWorker(options: NodeWorkerOptions): Promise<SessionOutcome> {
  const { url, backend = 'auto', cores = 1, imagesPerSecondLimit, signal, onActivity } = options
  if (signal.aborted) return { kind: 'stopped' }
  const caches = {
    shards: memoryBlobCache(SHARDS_LIMIT_BYTES),
    checkpoints: memoryBlobCache(CHECKPOINTS_LIMIT_BYTES),
  }
  // What decides how a GPU comes out of its trial: our kernels' bits, and Dawn's, which come with Node's version or are updated with it.
  const trials = trialMemory(keptInCache('gpu-trial.json'), `${GOLDEN_HASH} ${process.version}`)
  const crew = new Crew(
    {
      backend,
      onActivity,
      start: (member) =>
        startSession({
          url,
          host: 'node',
          backend: member.backend,
          spawnCompute,
          ...(imagesPerSecondLimit === undefined
            ? {}
            : { imagesPerSecondLimit: imagesPerSecondLimit / cores }),
          caches,
          trials,
          identity: identityInMemory(),
          onActivity: member.onActivity,
        }),
    },
    cores,
  )
  const stop = () => void crew.stop()
  signal.addEventListener('abort', stop, { once: true })
  const outcome = await crew.done
  signal.removeEventListener('abort', stop)
  return outcome
}
