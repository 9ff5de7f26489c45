/** The Node host: a session in this thread, its compute part in a worker thread; several of both for several cores. */
import { memoryBlobCache } from '../session/blob-cache.memory.ts'
import { identityInMemory } from '../session/identity.ts'
import { type Activity, type BackendChoice, type SessionOutcome, startSession } from '../session/index.ts'
import { joinActivities } from './crew-activity.ts'
import { spawnCompute } from './spawn-compute.ts'

export { spawnCompute }

const SHARDS_LIMIT_BYTES = 256_000_000
const CHECKPOINTS_LIMIT_BYTES = 128_000_000

export type NodeWorkerOptions = {
  url: string
  /** Default: WebGPU where there is a real GPU, else WASM. */
  backend?: BackendChoice
  /** Each computes tasks of its own, and is a worker of its own to the coordinator. Default: 1. */
  computeThreads?: number
  /** Of each of them: no more than this is computed. Default: no limit. */
  imagesPerSecondLimit?: number
  signal: AbortSignal
  onActivity(activity: Activity): void
}

/** Works until `signal` aborts or the coordinator has no use for this worker; says which. */
export async function runNodeWorker(options: NodeWorkerOptions): Promise<SessionOutcome> {
  const { url, backend = 'auto', computeThreads = 1, imagesPerSecondLimit, signal, onActivity } = options
  const caches = {
    shards: memoryBlobCache(SHARDS_LIMIT_BYTES),
    checkpoints: memoryBlobCache(CHECKPOINTS_LIMIT_BYTES),
  }
  const report = joinActivities(computeThreads, onActivity)
  const sessions = Array.from({ length: computeThreads }, (_, member) =>
    startSession({
      url,
      host: 'node',
      backend,
      spawnCompute,
      ...(imagesPerSecondLimit === undefined ? {} : { imagesPerSecondLimit }),
      caches,
      identity: identityInMemory(),
      onActivity: (activity) => report(member, activity),
    }),
  )
  const stop = () => void Promise.all(sessions.map((session) => session.stop()))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const outcomes = await Promise.all(sessions.map((session) => session.done))
  signal.removeEventListener('abort', stop)
  return outcomes.find((outcome) => outcome.kind === 'rejection') ?? { kind: 'stopped' }
}
